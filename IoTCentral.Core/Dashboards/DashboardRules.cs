using IoTCentral.Core.Common;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Dashboards;

/// <summary>What a dashboard must be to be saved.</summary>
public static class DashboardRules
{
    /// <summary>Every fault with its path; none when it is right.</summary>
    public static IReadOnlyList<Fault> Check(Dashboard dashboard)
    {
        var faults = new List<Fault>();
        if (dashboard.Name.Trim().Length is 0 or > 148)
            faults.Add(new("name", "Give the dashboard a name of 1 to 148 characters."));
        if (dashboard.Tiles.Count > Dashboard.MaxTiles)
            faults.Add(new("tiles", $"A dashboard has at most {Dashboard.MaxTiles} tiles."));
        for (var i = 0; i < dashboard.Tiles.Count; i++)
            Check(dashboard.Tiles[i], $"tiles[{i}]", faults);
        if (dashboard.Tiles.Select(t => t.Id).Distinct(StringComparer.Ordinal).Count() != dashboard.Tiles.Count)
            faults.Add(new("tiles", "Two tiles have the same id."));
        return faults;
    }

    /// <summary>Every fault of one tile, for its editor.</summary>
    public static void Check(Tile tile, string path, List<Fault> faults)
    {
        if (tile.Title.Length > 148)
            faults.Add(new($"{path}.title", "A title has at most 148 characters."));
        if (tile.X < 0 || tile.Width < 1 || tile.X + tile.Width > Dashboard.Columns)
            faults.Add(new(path, $"A tile lies within the {Dashboard.Columns} columns."));
        if (tile.Y is < 0 or > 10_000 || tile.Height is < 1 or > 40)
            faults.Add(new(path, "A tile is 1 to 40 rows high."));
        if (tile.Kind is TileKind.Alerts)
            return;
        if (tile.Source is { TemplateId: null, DeviceId: null })
            faults.Add(new($"{path}.source", "Choose a device template or a device."));
        if (tile.Series.Count == 0)
            faults.Add(
                new($"{path}.series", tile.Kind is TileKind.Command ? "Choose a command." : "Choose what to show.")
            );
        if (tile.Kind is TileKind.Command && tile.Series.Count > 1)
            faults.Add(new($"{path}.series", "A button runs one command."));
        if (tile.Kind is TileKind.Kpi or TileKind.LastValue or TileKind.State or TileKind.Map && tile.Series.Count > 1)
            faults.Add(new($"{path}.series", "This kind of tile shows one signal."));
        if (tile.Series.Count > Tile.MaxSeries)
            faults.Add(new($"{path}.series", $"A chart shows at most {Tile.MaxSeries} signals."));
        if (tile.Series.Any(s => s.Aggregate == Aggregate.TimeInState && string.IsNullOrWhiteSpace(s.State)))
            faults.Add(new($"{path}.series", "Say which state the time in it is shown of."));
        if (tile is { Grouping: TileGrouping.Property, GroupProperty: null or "" })
            faults.Add(new($"{path}.grouping", "Choose the property whose values are to share a line."));
        if (tile.Series.DistinctBy(s => (s.Component, s.Name, s.State)).Count() != tile.Series.Count)
            faults.Add(new($"{path}.series", "A signal is there twice."));
    }
}
