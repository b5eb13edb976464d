using System.Text.Json.Nodes;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Features.Devices.Commands;

namespace IoTCentral.Web.Features.Devices.Properties;

/// <summary>One property of a twin as pages show it.</summary>
/// <param name="Path">Where it is; empty component for the root.</param>
/// <param name="Capability">What the template says of it; null: it is not in the template.</param>
/// <param name="Value">Without its acknowledgement; null: not set.</param>
/// <param name="At">When the device reported it; null: unknown.</param>
public sealed record PropertyRow(
    CapabilityPath Path,
    string Label,
    Capability? Capability,
    JsonNode? Value,
    DateTimeOffset? At
)
{
    /// <summary>What the device says to what is wanted of it; null: it does not.</summary>
    public Acknowledgement? Answer { get; private init; }

    /// <summary>The command that the device has ended by this report; null: it is a property of its own.</summary>
    public Capability? Command { get; private init; }

    /// <summary>What the device reports: the template's properties in its order, then what is not in the template.</summary>
    public static IReadOnlyList<PropertyRow> Reported(DeviceTemplate? template, Twin twin)
    {
        var known = (template?.Capabilities ?? []).Where(c => c is { Kind: CapabilityKind.Property, IsCloud: false });
        var rows = known.Select(c => Row(template!, c, twin.Reported, twin.ReportedMetadata)).ToList();
        var shown = rows.Select(r => r.Path).ToHashSet();
        rows.AddRange(Others(template, twin).Where(r => !shown.Contains(r.Path)));
        return rows;
    }

    /// <summary>What only we know of the device: the template's cloud properties.</summary>
    public static IReadOnlyList<PropertyRow> Cloud(DeviceTemplate? template, Twin twin) =>
        [.. (template?.CloudProperties ?? []).Select(c => Row(template!, c, twin.Cloud, metadata: []))];

    private static PropertyRow Row(
        DeviceTemplate template,
        Capability capability,
        JsonObject values,
        JsonObject metadata
    ) => Row(capability.Path, DefaultViews.Label(template, capability), capability, (values, metadata));

    private static IEnumerable<PropertyRow> Others(DeviceTemplate? template, Twin twin)
    {
        foreach (var (name, value) in twin.Reported)
        {
            if (value is JsonObject component && component["__t"] is JsonValue)
            {
                foreach (var (inner, _) in component.Where(p => p.Key != "__t"))
                    yield return Other(template, twin, new CapabilityPath(name, inner));
            }
            else
            {
                yield return Other(template, twin, new CapabilityPath("", name));
            }
        }
    }

    private static PropertyRow Other(DeviceTemplate? template, Twin twin, CapabilityPath path)
    {
        if (
            template?.Find(path.Component, path.Name) is not { Kind: CapabilityKind.Command } command
            || CommandReport.Of(twin, path) is not { } report
        )
            return Row(path, path.ToString(), null, (twin.Reported, twin.ReportedMetadata));
        var value = command.Response is { } response ? CommandInput.ValueOf(response) : null;
        return new(path, DefaultViews.Label(template, command), value, report.Result, report.At) { Command = command };
    }

    private static PropertyRow Row(
        CapabilityPath path,
        string label,
        Capability? capability,
        (JsonObject Values, JsonObject Metadata) side
    )
    {
        var (value, metadata) = (Member(side.Values, path), Member(side.Metadata, path));
        var answer = Acknowledgement.Of(value, metadata);
        return new(path, label, capability, answer is null ? value : answer.Value, TwinStamp.Of(metadata).At)
        {
            Answer = answer,
        };
    }

    private static JsonNode? Member(JsonObject values, CapabilityPath path) =>
        path.Component.Length == 0 ? values[path.Name] : (values[path.Component] as JsonObject)?[path.Name];
}
