using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Dashboards;

/// <summary>What a person has narrowed a dashboard to; kept in the page's address.</summary>
public sealed record DashboardScope
{
    public static DashboardScope Everything { get; } = new();

    /// <summary>Just this device.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Devices whose scope property has this value.</summary>
    public PropertyEquals? Property { get; init; }

    /// <summary>The tile's own question, narrowed to the scope property.</summary>
    public DeviceFilter Narrow(TileSource source)
    {
        var filter = new DeviceFilter { TemplateId = source.TemplateId, Properties = source.Properties };
        return Property is { } property ? filter with { Properties = [.. filter.Properties, property] } : filter;
    }
}
