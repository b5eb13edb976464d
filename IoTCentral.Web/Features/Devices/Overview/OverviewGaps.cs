namespace IoTCentral.Web.Features.Devices.Overview;

/// <summary>How long a silence of this device is a gap in its lines.</summary>
internal static class OverviewGaps
{
    private const int Times = 5;
    private static readonly TimeSpan AtLeast = TimeSpan.FromMinutes(1);

    /// <summary>Five times the usual distance of its samples, at least a minute; null: too few to tell.</summary>
    public static TimeSpan? Of(OverviewModel model)
    {
        var line = model.Tiles.SelectMany(t => t.Lines).MaxBy(l => l.Points.Count);
        if (line is not { Points.Count: > 3 })
            return null;
        var steps = line.Points.Zip(line.Points.Skip(1), (a, b) => b.Time - a.Time).Order().ToList();
        var usual = steps[steps.Count / 2] * Times;
        return usual < AtLeast ? AtLeast : usual;
    }
}
