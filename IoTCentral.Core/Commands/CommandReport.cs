using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Commands;

/// <summary>
/// How a device ends a command that it had accepted (202): by reporting a property of the command's name, either the
/// result itself or <c>{value, ac, ad}</c> around it.
/// </summary>
/// <param name="Result">Null: the device says no more than that it is done.</param>
/// <param name="Code">The device's own status; null: it gives none.</param>
/// <param name="At">When it was reported.</param>
public sealed record CommandReport(JsonNode? Result, int? Code, DateTimeOffset At)
{
    /// <summary>Its status as HTTP's: done, unless the device says otherwise.</summary>
    public int Status => Code ?? 200;

    /// <summary>Null: the device reports no such property.</summary>
    public static CommandReport? Of(Twin twin, CapabilityPath path)
    {
        var (values, metadata) =
            path.Component.Length == 0
                ? (twin.Reported, twin.ReportedMetadata)
                : (twin.Reported[path.Component] as JsonObject, twin.ReportedMetadata[path.Component] as JsonObject);
        if (values?[path.Name] is not { } reported || TwinStamp.Of(metadata?[path.Name]).At is not { } at)
            return null;
        return
            reported is JsonObject { Count: > 0 } wrapper && wrapper.All(p => p.Key is "value" or "ac" or "av" or "ad")
            ? new((wrapper["value"] ?? wrapper["ad"])?.DeepClone(), CodeOf(wrapper["ac"]), at)
            : new(reported.DeepClone(), null, at);
    }

    private static int? CodeOf(JsonNode? code) =>
        code is JsonValue value
        && value.GetValueKind() == JsonValueKind.Number
        && JsonSerializer.SerializeToElement(value).TryGetInt32(out var number)
            ? number
            : null;
}
