namespace IoTCentral.Core.Telemetry.Series;

/// <summary>Fewer points that look the same when drawn.</summary>
public static class Thinning
{
    /// <summary>
    /// Keeps the smallest and the largest point of each of <paramref name="limit"/>/2 equally long stretches of time, in
    /// order; all of them when they are not more.
    /// </summary>
    /// <param name="points">In the order of time.</param>
    public static IReadOnlyList<(long Ticks, double Value)> MinMax(
        IReadOnlyList<(long Ticks, double Value)> points,
        int limit
    )
    {
        if (points.Count <= limit || limit < 2)
            return points;
        var kept = new List<(long Ticks, double Value)>(limit);
        var stretches = limit / 2;
        var start = points[0].Ticks;
        var length = Math.Max(1, (points[^1].Ticks - start + stretches) / stretches);
        for (var from = 0; from < points.Count; )
        {
            var end = start + (((points[from].Ticks - start) / length) + 1) * length;
            int min = from,
                max = from,
                to = from + 1;
            for (; to < points.Count && points[to].Ticks < end; to++)
            {
                if (points[to].Value < points[min].Value)
                    min = to;
                if (points[to].Value > points[max].Value)
                    max = to;
            }
            kept.Add(points[Math.Min(min, max)]);
            if (min != max)
                kept.Add(points[Math.Max(min, max)]);
            from = to;
        }

        return kept;
    }
}
