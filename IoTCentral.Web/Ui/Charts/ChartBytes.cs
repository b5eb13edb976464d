using System.Runtime.InteropServices;

namespace IoTCentral.Web.Ui.Charts;

/// <summary>History as the browser takes it: doubles [lines, then for each: n, n times in ms, n values]; NaN is a gap.</summary>
internal static class ChartBytes
{
    public static byte[] Of(IReadOnlyList<ChartLine> lines)
    {
        var doubles = new double[1 + lines.Sum(l => 1 + 2 * l.Points.Count)];
        doubles[0] = lines.Count;
        var at = 1;
        foreach (var line in lines)
        {
            var count = line.Points.Count;
            doubles[at++] = count;
            for (var i = 0; i < count; i++)
            {
                doubles[at + i] = Milliseconds(line.Points[i].Time);
                doubles[at + count + i] = line.Points[i].Value ?? double.NaN;
            }
            at += 2 * count;
        }
        return MemoryMarshal.AsBytes(doubles.AsSpan()).ToArray();
    }

    public static double Milliseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerMillisecond;
}
