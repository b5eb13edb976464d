using System.Globalization;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Templates;

/// <summary>What a capability must be like, wherever it comes from: a file, an edit or a sample message.</summary>
public static partial class CapabilityRules
{
    public const int MaxName = 512;
    public const int MaxDisplayName = 512;
    public const int MaxDescription = 4096;
    public const int MaxUnit = 64;

    /// <summary>A double has no more digits than these behind its point.</summary>
    public const int MaxDecimalPlaces = 15;

    /// <summary>Names that IoT Central's exports use for themselves.</summary>
    public static IReadOnlyList<string> ReservedNames { get; } =
    ["EventEnqueuedUtcTime", "EventProcessedUtcTime", "PartitionId", "EventHub", "User", "$metadata", "$version"];

    /// <summary>What is wrong with a name, as a sentence; null: nothing.</summary>
    public static string? NameFault(string name, CapabilityKind? kind = null)
    {
        if (name.Length == 0)
            return "A name is needed.";
        if (name.Length > MaxName)
            return $"The name is too long: at most {MaxName} characters.";
        if (ReservedNames.Contains(name))
            return $"The name '{name}' is reserved; choose another.";
        // IoT Central itself names components _rpgcmdpo and the like.
        var start = kind == CapabilityKind.Component && name[0] == '_' ? 1 : 0;
        return IsName(name.AsSpan(start))
            ? null
            : $"The name '{name}' may have letters, digits and '_' only, must begin with a letter and must not end with '_'.";
    }

    /// <summary>Every fault of the capability by itself; paths are relative to it, e.g. <c>minValue</c>.</summary>
    public static IEnumerable<Fault> Check(Capability capability, bool isInComponent)
    {
        if (capability.IsCloud && isInComponent)
            yield return new Fault("", "Cloud properties belong to the device itself, not to a component.");
        if (capability.Is(DtdlTypes.Cloud) && capability.Kind != CapabilityKind.Property)
            yield return new Fault("@type", "Only a property can be a cloud property.");
        if (capability.MinValue > capability.MaxValue)
            yield return new Fault("minValue", "The minimum is above the maximum.");
        if (capability.MinLength > capability.MaxLength)
            yield return new Fault("minLength", "The shortest length is above the longest.");
        if (capability.DecimalPlaces is < 0 or > MaxDecimalPlaces)
            yield return new Fault("decimalPlaces", $"Decimal places are 0 to {MaxDecimalPlaces}.");
        if ((capability.MinValue ?? capability.MaxValue) is not null && capability.Schema is { IsNumeric: false })
            yield return new Fault("minValue", "Only numbers have a minimum and a maximum.");
        if (capability.Color is { } color && !IsColor(color))
            yield return new Fault("color", "A colour is #rrggbb or a CSS colour name.");
    }

    /// <summary>What is odd about a capability without being wrong.</summary>
    public static IEnumerable<string> Notes(Capability capability)
    {
        foreach (var type in capability.Types.Where(t => !DtdlTypes.IsKnown(t)))
            yield return $"The type '{type}' is not known here; it is kept and has no effect.";
        if (capability.Is(DtdlTypes.State) && capability.Schema is { Kind: not SchemaKind.Enum })
            yield return "A State should be an enum; it is shown by its values.";
        if (
            capability.Is(DtdlTypes.Location)
            && capability.Schema is { Kind: not (SchemaKind.Geopoint or SchemaKind.GeoJson) }
        )
            yield return "A Location should be a geopoint; it is not shown on maps.";
        if (capability.Unit is not { } unit)
            yield break;
        if (Units.Find(unit) is not { } known)
            yield return $"The unit '{unit}' is not known here; it is shown as it is and not converted.";
        else if (
            capability.SemanticType is { } quantity
            && DtdlTypes.Quantities.TryGetValue(quantity, out var family)
            && family != known.Family
        )
            yield return $"{quantity} is not usually measured in {known.Label}; it is taken as it is.";
    }

    /// <summary>Why the initial value does not fit the schema, in words; null: it fits or there is none.</summary>
    public static string? InitialValueFault(Capability capability) =>
        capability is { InitialValue: { } json, Schema: { } schema } ? Conformance.Misfit(schema, json) : null;

    /// <summary>A schema in a few words, e.g. <c>(double, °C)</c>.</summary>
    internal static string Describe(Schema schema, string? unit)
    {
        var word = DtdlTerms.Word(schema) ?? schema.Kind.ToString().ToLowerInvariant();
        return unit is null ? $"({word})" : $"({word}, {Units.Symbol(unit)})";
    }

    /// <summary>The element's name; null after a fault.</summary>
    internal static string? ReadName(DtdlNode node, CapabilityKind? kind = null)
    {
        var name = node.Text("name", int.MaxValue) ?? "";
        if (NameFault(name, kind) is not { } fault)
            return name;
        if (
            name.Length > 0
            || !node.Element.TryGetProperty("name", out var given)
            || given.ValueKind == System.Text.Json.JsonValueKind.String
        )
            node.Log.Fault(node.At("name"), fault);
        return null;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || !char.IsAsciiLetter(name[0]) || name[^1] == '_')
            return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        return true;
    }

    private static bool IsColor(string color) =>
        color.Length is > 0 and <= 32
        && (
            color[0] == '#'
                ? color.Length is 4 or 7 or 9
                    && int.TryParse(
                        color.AsSpan(1, Math.Min(6, color.Length - 1)),
                        NumberStyles.HexNumber,
                        CultureInfo.InvariantCulture,
                        out _
                    )
                : color.All(char.IsAsciiLetter)
        );
}
