using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>What a device reported of itself, once.</summary>
public sealed record ReportedChange
{
    /// <summary>The newest that are kept of a device: some days of one that reports now and then.</summary>
    public const int Most = 200;

    // 200 of them stay below a megabyte a device; larger patches are whole configurations, which the twin shows.
    private const int MaxLength = 4_000;

    /// <summary>Of the reported properties after it.</summary>
    public required long Version { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>JSON of what was reported; of a large one the names, with an ellipsis for each value.</summary>
    public required string Patch { get; init; }

    internal static JsonObject Kept(JsonObject patch)
    {
        if (patch.ToJsonString().Length <= MaxLength)
            return patch;
        var (names, length) = (new JsonObject(), 0);
        foreach (var (name, _) in patch)
        {
            length += name.Length;
            if (length > MaxLength)
                break;
            names[name] = "…";
        }

        return names;
    }
}
