"""A Plotly figure of an evaluation: made once, for a chapter or a report."""

from __future__ import annotations

from typing import Any

from llm_widgets.analysis import Evaluation
from llm_widgets.i18n import t

BLUE, ORANGE, GREEN, GREY = "#0072b2", "#b35900", "#00785a", "#767676"


def evaluation_figure(evaluation: Evaluation, threshold: float, label_names: tuple[str, str]) -> Any:
    """The confusion table at `threshold` and the figures at every threshold, side by side, as a `plotly` Figure."""
    from plotly.graph_objects import Heatmap, Scatter
    from plotly.subplots import make_subplots

    counts = evaluation.confusion(threshold)
    rows = counts.sum(axis=1, keepdims=True)
    shares = counts / rows.clip(min=1)
    names = [t(name) for name in label_names]
    figure = make_subplots(
        rows=1,
        cols=2,
        column_widths=[0.4, 0.6],
        horizontal_spacing=0.12,
        subplot_titles=[
            t("Confusion table at threshold {threshold}", threshold=f"{threshold:.2f}"),
            t("At each threshold"),
        ],
    )
    words = [[f"{counts[i, j]:,}<br>{shares[i, j]:.1%}" for j in (0, 1)] for i in (0, 1)]
    figure.add_trace(
        Heatmap(
            z=shares,
            x=[t("said: {label}", label=name) for name in names],
            y=[t("is: {label}", label=name) for name in names],
            text=words,
            texttemplate="%{text}",
            hoverinfo="skip",
            colorscale=[[0, "#ffffff"], [1, BLUE]],
            zmin=0,
            zmax=1,
            showscale=False,
        ),
        row=1,
        col=1,
    )
    curve = evaluation.threshold_curve()
    lines = (
        (t("accuracy"), curve.accuracy, BLUE, "solid"),
        (t("precision"), curve.precision, ORANGE, "dash"),
        (t("recall"), curve.recall, GREEN, "dot"),
        (t("F1"), curve.f1, GREY, "dashdot"),
    )
    for name, values, colour, dash in lines:
        line = {"color": colour, "dash": dash}
        figure.add_trace(Scatter(x=curve.threshold, y=values, name=name, mode="lines", line=line), row=1, col=2)
    figure.add_vline(x=threshold, line={"color": GREY, "width": 1}, row=1, col=2)
    figure.update_yaxes(autorange="reversed", row=1, col=1)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", row=1, col=2)
    figure.update_xaxes(title_text=t("threshold"), range=[0, 1], row=1, col=2)
    figure.update_layout(template="plotly_white", height=380, margin={"l": 60, "r": 20, "t": 50, "b": 50})
    return figure
