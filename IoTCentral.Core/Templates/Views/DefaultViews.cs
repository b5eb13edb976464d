namespace IoTCentral.Core.Templates;

/// <summary>The overview a device page has when nobody has laid out another.</summary>
public static class DefaultViews
{
    // More big numbers than these are a table, more lines in one chart a tangle.
    private const int MaxKpis = 8;
    private const int MaxLines = 8;
    private const int MaxStates = 10;

    /// <summary>The tiles in order of reading; none when the template has no capabilities.</summary>
    public static IReadOnlyList<ViewTile> Of(DeviceTemplate template)
    {
        var telemetry = template
            .Capabilities.Where(c => c.Kind == CapabilityKind.Telemetry && c.Schema is not null)
            .ToList();
        var events = telemetry.Where(c => c.Is(DtdlTypes.Event)).ToList();
        var rest = telemetry.Except(events).ToList();
        var numbers = rest.Where(c => c.Schema!.IsNumeric).ToList();
        var states = rest.Where(c => c.Schema!.Kind is SchemaKind.Enum or SchemaKind.Boolean).ToList();
        var vectors = rest.Where(c => c.Schema!.Kind == SchemaKind.Vector).ToList();
        var others = rest.Where(c => c.Schema!.Kind is not SchemaKind.Geopoint)
            .Except(numbers)
            .Except(states)
            .Except(vectors);
        var properties = template.Capabilities.Where(c => c.Kind == CapabilityKind.Property).ToList();
        var places = template.Capabilities.Where(c => c.Schema?.Kind == SchemaKind.Geopoint && !c.IsCloud).ToList();
        return
        [
            .. numbers
                .Take(MaxKpis)
                .Select(n => Tile(template, ViewTileKind.Kpi, [n]) with { Width = 3, Height = 2, Unit = Symbol(n) }),
            .. Charts(template, numbers),
            .. vectors.Select(v => Tile(template, ViewTileKind.LineChart, [v]) with { Unit = Symbol(v) }),
            .. states
                .Chunk(MaxStates)
                .Select(s =>
                    Tile(template, ViewTileKind.StateTimeline, s) with
                    {
                        Width = 12,
                        Height = s.Length > 4 ? 3 : 2,
                    }
                ),
            .. places.Select(p => Tile(template, ViewTileKind.Map, [p])),
            .. One(template, ViewTileKind.EventList, "Events", events),
            .. One(template, ViewTileKind.LastValue, "Last values", others),
            .. One(template, ViewTileKind.Properties, "Properties", properties.Where(p => !p.IsCloud)),
            .. One(template, ViewTileKind.CloudProperties, "Cloud properties", properties.Where(p => p.IsCloud)),
            .. One(
                template,
                ViewTileKind.Commands,
                "Commands",
                template.Capabilities.Where(c => c.Kind == CapabilityKind.Command)
            ),
        ];
    }

    /// <summary>One chart for each unit, so that all lines of a chart share their axis.</summary>
    private static IEnumerable<ViewTile> Charts(DeviceTemplate template, IReadOnlyList<Capability> numbers) =>
        numbers
            .GroupBy(Symbol)
            .SelectMany(g =>
                g.Chunk(MaxLines).Select(lines => Tile(template, ViewTileKind.LineChart, lines) with { Unit = g.Key })
            );

    private static IEnumerable<ViewTile> One(
        DeviceTemplate template,
        ViewTileKind kind,
        string title,
        IEnumerable<Capability> capabilities
    )
    {
        var list = capabilities.ToList();
        if (list.Count > 0)
            yield return Tile(template, kind, list) with
            {
                Title = title,
            };
    }

    private static ViewTile Tile(DeviceTemplate template, ViewTileKind kind, IReadOnlyList<Capability> capabilities) =>
        new(kind, Title(template, capabilities), [.. capabilities.Select(c => c.Path)]);

    private static string Title(DeviceTemplate template, IReadOnlyList<Capability> capabilities)
    {
        var labels = capabilities.Select(c => Label(template, c)).Distinct().ToList();
        return labels.Count <= 3
            ? string.Join(", ", labels)
            : $"{string.Join(", ", labels.Take(2))} and {labels.Count - 2} more";
    }

    /// <summary>What a capability is called outside of its component, e.g. <c>Door · Openings</c>.</summary>
    public static string Label(DeviceTemplate template, Capability capability) =>
        capability.Component.Length == 0
            ? capability.Label
            : $"{template.Find("", capability.Component)?.Label ?? capability.Component} · {capability.Label}";

    private static string Symbol(Capability c) => ValueDisplay.Of(c).Symbol;
}
