import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracySpan, append, batchRows, envelope, epochAt, lossSpan, makeSeries, quantile, stepEnd, thin } from "../../llm_widgets/widgets/curves_data.js";
import { logTicks, ticks, wholeTicks } from "../../llm_widgets/widgets/ticks.js";

const f32 = (...values) => Float32Array.from(values);
const filled = (n, loss = (i) => 1 / (i + 1), perEpoch = 100) => {
  const series = makeSeries(perEpoch);
  append(series, 0, Float32Array.from({ length: n }, (_, i) => loss(i)), Float32Array.from({ length: n }, () => 0.5));
  return series;
};

test("batches arrive in any pieces and give the same series", () => {
  const whole = filled(5000), pieces = makeSeries(100);
  for (let i = 0; i < 5000; ) {
    const n = Math.min(5000 - i, 1 + ((i * 7) % 300));
    assert.ok(append(pieces, i, whole.columns.loss.slice(i, i + n), whole.columns.accuracy.slice(i, i + n)));
    i += n;
  }
  assert.equal(pieces.n, 5000);
  assert.deepEqual(pieces.columns.loss.slice(0, 5000), whole.columns.loss.slice(0, 5000));
  assert.deepEqual(pieces.columns.smoothLoss.slice(0, 5000), whole.columns.smoothLoss.slice(0, 5000));
});

test("what comes twice is left alone, what is missing is told", () => {
  const series = filled(10);
  assert.ok(append(series, 8, f32(9, 9, 3), f32(0, 0, 1)));
  assert.equal(series.n, 11);
  assert.equal(series.columns.loss[8], Math.fround(1 / 9));
  assert.equal(series.columns.loss[10], 3);
  assert.equal(append(series, 12, f32(1), f32(1)), false);
  assert.equal(series.n, 11);
});

test("the running mean of a constant is that constant from the first batch on, and a NaN does not poison it", () => {
  const series = makeSeries(331);
  append(series, 0, f32(0.7, 0.7, NaN, 0.7), f32(1, 1, NaN, 1));
  for (let i = 0; i < 4; i += 1) assert.ok(Math.abs(series.columns.smoothLoss[i] - 0.7) < 1e-6);
  assert.ok(Number.isNaN(series.columns.loss[2]));
});

test("ticks are round, inside, equally far apart and not too many", () => {
  for (const [low, high, count] of [[0, 0.8, 5], [0, 1, 4], [0.4, 1, 5], [0, 3310, 6], [-3, 7, 5], [0, 1e-4, 3], [0, 2.345e8, 7]]) {
    const found = ticks(low, high, count);
    assert.ok(found.length >= 2 && found.length <= count + 1, `${found}`);
    const gap = found[1] - found[0], lead = Number((gap / 10 ** Math.floor(Math.log10(gap) + 1e-9)).toPrecision(6));
    assert.ok([1, 2, 5].includes(lead), `${gap}`);
    found.forEach((v, i) => assert.ok(v >= low - 1e-12 && v <= high * (1 + 1e-9) && Math.abs(v - found[0] - i * gap) < 1e-9 * Math.abs(high)));
  }
  assert.deepEqual(ticks(1, 1, 5), []);
  assert.deepEqual(wholeTicks(0, 2, 8), [0, 1, 2]);
});

test("log ticks are within the axis, the powers of ten among them", () => {
  assert.deepEqual(logTicks(0.1, 1, 7), [0.1, 0.2, 0.5, 1]);
  assert.deepEqual(logTicks(1e-4, 1, 7), [1e-4, 1e-3, 1e-2, 0.1, 1]);
});

test("the axis of steps moves seldom, always holds the run, and ends with its plan", () => {
  let moves = 0, before = 0;
  for (let n = 0; n <= 3310; n += 1) {
    const end = stepEnd(n, 3310, 0);
    assert.ok(end >= n && end <= 3310 && end >= before);
    moves += end !== before;
    before = end;
  }
  assert.equal(before, 3310);
  assert.ok(moves <= 8, `${moves}`);
  assert.equal(stepEnd(0, 20, 0), 20);
  assert.equal(stepEnd(10, 3310, 900), 1000);
  assert.ok(stepEnd(123_456, 0, 0) >= 123_456);
});

test("the loss axis holds all values and does not start anew for each of them", () => {
  assert.deepEqual(lossSpan([], false), { start: 0, end: 0.8 });
  assert.deepEqual(lossSpan([0.69, 0.3, NaN], false), { start: 0, end: 0.8 });
  assert.deepEqual(lossSpan([0.69, 0.66, NaN], false), { start: 0.5, end: 0.8 });
  assert.equal(lossSpan([0.69, 1.3], false).start, 0);
  for (const high of [0.81, 1.3, 7.7, 120]) {
    const { start, end } = lossSpan([high], false);
    assert.ok(start === 0 && end >= high && end <= 1.6 * high, `${high}: ${end}`);
  }
  const log = lossSpan([0.7, 0.003], true);
  assert.ok(Math.abs(log.start - 0.001) < 1e-12 && log.end === 0.8);
  assert.ok(lossSpan([0, 0.5], true).start > 0);
});

test("the accuracy axis starts at 0.3 unless something is lower", () => {
  assert.deepEqual(accuracySpan([0.5, 0.99]), { start: 0.3, end: 1 });
  assert.deepEqual(accuracySpan([0.2, 0.99]), { start: 0, end: 1 });
  assert.deepEqual(accuracySpan([NaN]), { start: 0.3, end: 1 });
});

test("a pixel column shows its lowest and its highest value", () => {
  const n = 10_000, columns = 100, values = Float32Array.from({ length: n }, (_, i) => Math.sin(i) + (i === 4321 ? 50 : 0));
  values[17] = NaN;
  const found = envelope(values, n, n, columns);
  assert.equal(Math.max(...found), values[4321]);
  for (let c = 0; c < columns; c += 1) {
    const own = [...values].filter((v, i) => Number.isFinite(v) && Math.min(columns - 1, Math.floor((i + 1) * columns / n)) === c);
    assert.equal(found[2 * c], Math.min(...own));
    assert.equal(found[2 * c + 1], Math.max(...own));
  }
  assert.ok(envelope(f32(), 0, 50, 4).every(Number.isNaN));
});

test("a line is thinned to its width and keeps both ends", () => {
  assert.deepEqual(thin(3, 100), [0, 1, 2]);
  const many = thin(100_001, 500);
  assert.ok(many.length <= 1100 && many[0] === 0 && many.at(-1) === 100_000);
  assert.deepEqual(thin(0, 100), []);
});

test("quantiles leave NaN out", () => {
  assert.equal(quantile(f32(3, 1, NaN, 2), 4, 0.5), 2);
  assert.ok(Number.isNaN(quantile(f32(NaN), 1, 0.5)));
});

test("rows of the table carry an epoch's validation where it ended", () => {
  const series = filled(4, () => 0.5, 2);
  series.epochs = [{ epoch: 1, step: 2, loss: 0.5, accuracy: 0.5, val_loss: 0.6, val_accuracy: 0.7 }];
  assert.deepEqual(batchRows(series), [[1, 1, 0.5, 0.5, "", ""], [2, 1, 0.5, 0.5, 0.6, 0.7], [3, 2, 0.5, 0.5, "", ""], [4, 2, 0.5, 0.5, "", ""]]);
  assert.equal(epochAt(series.epochs, 1), null);
  assert.equal(epochAt(series.epochs, 3).epoch, 1);
});
