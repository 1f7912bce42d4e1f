"""Everything by keyboard, and everything with a name."""

from __future__ import annotations


def test_train_is_reached_with_tab_and_pressed_with_space(open_lab):
    page, lab = open_lab()
    page.page.locator(".jp-Notebook .jp-Cell").first.click(position={"x": 5, "y": 5})
    page.page.keyboard.press("Escape")
    for _ in range(60):
        page.page.keyboard.press("Tab")
        if page.page.evaluate("() => document.activeElement?.dataset?.action === 'train'"):
            break
    else:
        raise AssertionError("60 presses of Tab did not reach Train")
    outline = page.page.evaluate(
        "() => { const style = getComputedStyle(document.activeElement);"
        " return [style.outlineStyle, parseFloat(style.outlineWidth)]; }"
    )
    assert outline[0] != "none"
    assert outline[1] >= 1
    page.page.keyboard.press("Space")
    lab.wait_state("running")
    lab.wait_points(5)
    page.page.keyboard.press("Space")
    lab.wait_state("paused")
    # Keys for the widget are not keys for the notebook: no cell was added, removed or run by them.
    page.page.keyboard.press("a")
    page.page.keyboard.press("ArrowRight")
    assert page.page.locator(".jp-CodeCell").count() == 1


def test_sliders_move_with_the_arrow_keys(open_lab, kernel):
    _, lab = open_lab()
    for field in ("embedding_dim", "lstm_units", "dropout", "sequence_length", "vocabulary_size"):
        before = lab.entry(field).input_value()
        key = "ArrowLeft" if field == "vocabulary_size" else "ArrowRight"
        lab.slider(field).press(key)
        lab.page.wait_for_function(
            "([input, before]) => input.value !== before", arg=[lab.entry(field).element_handle(), before]
        )
    lab.page.wait_for_function("() => document.querySelector('.lw-layer-designer').dataset.open !== 'true'")
    spec = kernel.value("lab.workbench.spec.to_dict()")
    for field in ("embedding_dim", "dropout", "sequence_length", "vocabulary_size"):
        assert spec[field] == float(lab.entry(field).input_value())


def test_every_control_has_a_name(open_lab):
    page, lab = open_lab()
    lab.press("train")
    lab.wait_points(5)
    session = page.page.context.new_cdp_session(page.page)
    session.send("DOM.enable")
    session.send("Accessibility.enable")
    document = session.send("DOM.getDocument")["root"]["nodeId"]
    selector = ", ".join(
        f".lw {kind}"
        for kind in ("button", "input", "select", "textarea", "canvas", "summary", "a", "[role]", "[tabindex]")
    )
    nodes = session.send("DOM.querySelectorAll", {"nodeId": document, "selector": selector})["nodeIds"]
    assert len(nodes) > 20
    nameless = []
    for node in nodes:
        tree = session.send("Accessibility.getPartialAXTree", {"nodeId": node, "fetchRelatives": False})["nodes"][0]
        if tree.get("ignored") or tree["role"]["value"] in ("none", "generic", "presentation", "status"):
            continue
        if not tree.get("name", {}).get("value", "").strip():
            nameless.append(session.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"][:160])
    session.detach()
    assert not nameless, nameless
