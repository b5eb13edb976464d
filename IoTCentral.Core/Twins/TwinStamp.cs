using System.Globalization;
using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>When and with which version of its side a part of a twin was written last; null: not known.</summary>
public readonly record struct TwinStamp(DateTimeOffset? At, long? Version)
{
    /// <param name="metadata">The twin's metadata of that part.</param>
    public static TwinStamp Of(JsonNode? metadata) =>
        metadata is JsonObject stamped ? new(TimeOf(stamped), VersionOf(stamped)) : default;

    private static DateTimeOffset? TimeOf(JsonObject stamped) =>
        stamped[TwinMerge.LastUpdated] is JsonValue value
        && value.TryGetValue<string>(out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;

    private static long? VersionOf(JsonObject stamped) =>
        stamped[TwinMerge.LastUpdatedVersion] is JsonValue value && value.TryGetValue<long>(out var version)
            ? version
            : null;
}
