using System.Globalization;

namespace IoTCentral.Core.Templates;

/// <summary>What people will see otherwise of a capability, in words.</summary>
internal static class LookChange
{
    /// <summary>The end of a sentence, such as <c>is called 'Door' instead of 'door state'</c>; null: all looks as before.</summary>
    public static string? Of(Capability before, Capability after)
    {
        var parts = new List<string>();
        if (before.Label != after.Label)
            parts.Add($"is called '{after.Label}' instead of '{before.Label}'");
        AddIfOther(parts, Range(before.MinValue, before.MaxValue), Range(after.MinValue, after.MaxValue), "limits");
        AddIfOther(
            parts,
            Range(before.MinLength, before.MaxLength),
            Range(after.MinLength, after.MaxLength),
            "lengths"
        );
        if (before.DisplayUnit != after.DisplayUnit)
            parts.Add($"is shown in {UnitOf(after)} instead of {UnitOf(before)}");
        if (before.DecimalPlaces != after.DecimalPlaces)
            parts.Add(after.DecimalPlaces is { } places ? $"is shown with {places} decimals" : "has no fixed decimals");
        if (before.SemanticType != after.SemanticType)
            parts.Add(
                $"means {after.SemanticType ?? "nothing special"} instead of {before.SemanticType ?? "nothing special"}"
            );
        if (parts.Count == 0 && !IsAlike(before, after))
            parts.Add("is shown in another way");
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    private static void AddIfOther(List<string> parts, string before, string after, string what)
    {
        if (before != after)
            parts.Add($"has {what} {after} instead of {before}");
    }

    private static string Range(double? from, double? to) =>
        (from, to) switch
        {
            (null, null) => "none",
            (null, { } t) => $"up to {Figure(t)}",
            ({ } f, null) => $"from {Figure(f)}",
            ({ } f, { } t) => $"{Figure(f)} to {Figure(t)}",
        };

    private static string Figure(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string UnitOf(Capability capability) =>
        (capability.DisplayUnit ?? capability.Unit) is { } unit ? Units.Find(unit)?.Label ?? unit : "no unit";

    private static bool IsAlike(Capability a, Capability b) =>
        Equals(a.DisplayName, b.DisplayName)
        && Equals(a.Description, b.Description)
        && a.Comment == b.Comment
        && a.Color == b.Color
        && Equals(a.TrueName, b.TrueName)
        && Equals(a.FalseName, b.FalseName)
        && a.InitialValue == b.InitialValue
        && a.IsDurable == b.IsDurable
        && a.Types.SequenceEqual(b.Types);
}
