// Who takes live samples: charts and single values, by the number that .NET gave them.
// A target has add(series, time, value) and drawn() which is called once after all samples of a frame.
export const targets = new Map();
