namespace IoTCentral.Core.Simulation.Demo;

/// <summary>A store of the demo application.</summary>
/// <param name="Key">Begins the ids of its devices, e.g. <c>bristol</c>.</param>
/// <param name="FloorArea">Square metres.</param>
public sealed record DemoStore(
    string Key,
    string Town,
    double Latitude,
    double Longitude,
    string Manager,
    int FloorArea
)
{
    public string Name => $"Fresh Market {Town}";

    /// <summary>An address that reaches nobody (RFC 2606).</summary>
    public string ManagerEmail => $"{Manager.ToLowerInvariant().Replace(' ', '.')}@freshmarket.example";
}

/// <summary>A device of the demo application.</summary>
/// <param name="CloudProperties">Name to value as JSON text.</param>
public sealed record DemoDevice(
    string Id,
    string Name,
    string TemplateId,
    DemoStore Store,
    IReadOnlyDictionary<string, string> CloudProperties
);
