using System.Globalization;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Ui;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Features.Templates;

/// <summary>A capability in words, as tables of templates show it.</summary>
internal static class CapabilityWords
{
    private const int MostNames = 4;

    public static string Kind(Capability capability, IStringLocalizer texts) =>
        texts[
            capability.IsCloud ? "KindCloud"
            : capability.IsWritable ? "KindWritable"
            : $"Kind{capability.Kind}"
        ];

    /// <summary>What its values look like: <c>Double</c>, <c>Choice: Cooling, Fault</c>.</summary>
    public static string Type(Capability capability, IStringLocalizer texts) =>
        capability.Kind switch
        {
            CapabilityKind.Command => Command(capability, texts),
            CapabilityKind.Relationship or CapabilityKind.Component => "",
            _ => capability.Schema is { } schema ? Of(schema, texts) : "",
        };

    public static string Of(Schema schema, IStringLocalizer texts) =>
        schema switch
        {
            EnumSchema choice => $"{texts["SchemaEnum"]}: {Names(choice.Values.Select(v => v.Label))}",
            ObjectSchema record => $"{texts["SchemaObject"]}: {Names(record.Fields.Select(f => f.Label))}",
            ArraySchema list => texts["SchemaArrayOf", Of(list.Element, texts)],
            MapSchema map => texts["SchemaMapOf", Of(map.Value.Schema, texts)],
            GeoJsonSchema geo => $"GeoJSON {geo.Type}",
            _ => texts[$"Schema{schema.Kind}"],
        };

    /// <summary>The unit its values come in, and the one they are shown in if that is another.</summary>
    public static string Unit(Capability capability)
    {
        var sent = Units.Symbol(capability.Unit);
        if (string.IsNullOrEmpty(capability.DisplayUnit))
            return sent;
        var shown = ValueDisplay.Of(capability).Symbol;
        return sent.Length == 0 || shown == sent ? shown : $"{sent} → {shown}";
    }

    /// <summary>From where to where; empty without limits.</summary>
    public static string Limits(Capability capability)
    {
        if (capability is { MinValue: null, MaxValue: null })
        {
            return capability is { MinLength: null, MaxLength: null }
                ? ""
                : Range(Figure(capability.MinLength), Figure(capability.MaxLength));
        }

        return Range(Figure(capability.MinValue), Figure(capability.MaxValue));
    }

    private static string Range(string? from, string? to) =>
        (from, to) switch
        {
            (null, _) => $"≤ {to}",
            (_, null) => $"≥ {from}",
            _ => $"{from} … {to}",
        };

    private static string? Figure(double? value) =>
        value?.ToString("#,0.######", CultureInfo.CurrentCulture).Replace('-', '−');

    private static string Command(Capability command, IStringLocalizer texts) =>
        (command.Request, command.Response) switch
        {
            (null, null) => texts["CommandPlain"],
            ({ } request, null) => texts["CommandTakes", Of(request.Schema, texts)],
            (null, { } response) => texts["CommandAnswers", Of(response.Schema, texts)],
            ({ } request, { } response) => texts["CommandBoth", Of(request.Schema, texts), Of(response.Schema, texts)],
        };

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        var shown = string.Join(", ", all.Take(MostNames));
        return all.Count > MostNames ? $"{shown}, +{all.Count - MostNames}" : shown;
    }
}
