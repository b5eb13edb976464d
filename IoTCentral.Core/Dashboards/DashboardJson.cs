using System.Text.Json;
using System.Text.Json.Serialization;

namespace IoTCentral.Core.Dashboards;

/// <summary>Tiles as JSON, as they are stored.</summary>
public static class DashboardJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write(IReadOnlyList<Tile> tiles) => JsonSerializer.Serialize(tiles, Options);

    public static IReadOnlyList<Tile> Read(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<Tile>>(json, Options)!;
}
