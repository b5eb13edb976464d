using System.Globalization;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>One input of a command's form.</summary>
/// <param name="Path">Names of the fields from the request down; empty: the request as a whole.</param>
/// <param name="Value">What is typed, as a property would have it.</param>
/// <param name="IsOptional">It may be left empty.</param>
public sealed record CommandInput(IReadOnlyList<string> Path, Capability Value, bool IsOptional)
{
    // Deeper ones are typed as JSON: nobody finds their way in a form of forms.
    private const int MaxDepth = 3;

    /// <summary>Its name in the form, and for faults.</summary>
    public string Key => Path.Count == 0 ? Value.Name : string.Join('.', Path);

    /// <summary>An object is typed field by field, all else as one.</summary>
    public static IReadOnlyList<CommandInput> Of(CommandPayload payload)
    {
        var whole = ValueOf(payload);
        // a device makes of a missing field what it likes; without any the request is an empty object
        return payload.Schema is ObjectSchema shape
            ? [.. Fields(shape, [], "")]
            : [new([], whole, payload.Nullable == true)];
    }

    /// <summary>What a request or response is, as a property would be.</summary>
    public static Capability ValueOf(CommandPayload payload) =>
        new()
        {
            Kind = CapabilityKind.Property,
            Name = payload.Name,
            Types = payload.Types,
            DisplayName = payload.DisplayName,
            Description = payload.Description,
            Schema = payload.Schema,
            Unit = payload.Unit,
            MinValue = Number(payload.Extras, "minValue"),
            MaxValue = Number(payload.Extras, "maxValue"),
        };

    /// <inheritdoc cref="ValueOf(CommandPayload)"/>
    public static Capability ValueOf(SchemaField field) =>
        new()
        {
            Kind = CapabilityKind.Property,
            Name = field.Name,
            Types = field.Types,
            DisplayName = field.DisplayName,
            Description = field.Description,
            Schema = field.Schema,
            Unit = field.Unit,
            MinValue = Number(field.Extras, "minValue"),
            MaxValue = Number(field.Extras, "maxValue"),
        };

    private static IEnumerable<CommandInput> Fields(ObjectSchema shape, string[] above, string label) =>
        shape.Fields.SelectMany(field =>
        {
            string[] path = [.. above, field.Name];
            var name = label + field.Label;
            return field.Schema is ObjectSchema inner && path.Length < MaxDepth
                ? Fields(inner, path, $"{name} · ")
                : [new CommandInput(path, ValueOf(field) with { DisplayName = name }, IsOptional: true)];
        });

    // DTDL has no limits for requests; IoT Central's templates carry them all the same.
    private static double? Number(IReadOnlyDictionary<string, string> extras, string name) =>
        extras.TryGetValue(name, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
