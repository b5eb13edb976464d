namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>What is known of numbers without reading them.</summary>
/// <param name="First">Of the earliest time; of several the one that arrived first.</param>
/// <param name="Last">Of the latest time; of several the one that arrived last.</param>
public sealed record NumberSummary(double Min, double Max, double Sum, double First, double Last)
{
    /// <summary>Null for points that are no numbers.</summary>
    public static NumberSummary? Of(ChunkPoints points)
    {
        if (points.Kind is not (PointKind.Number or PointKind.Boolean))
            return null;
        var numbers = points.Numbers;
        double min = double.PositiveInfinity,
            max = double.NegativeInfinity,
            sum = 0;
        foreach (var number in numbers)
        {
            min = Math.Min(min, number);
            max = Math.Max(max, number);
            sum += number;
        }
        return new(min, max, sum, numbers[0], numbers[^1]);
    }
}
