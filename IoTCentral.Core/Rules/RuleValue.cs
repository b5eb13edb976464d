using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules;

/// <summary>A number, text or true/false that a rule compares; in JSON the plain scalar.</summary>
[JsonConverter(typeof(RuleValueConverter))]
public readonly record struct RuleValue
{
    private RuleValue(PointKind kind, double number, string? text) => (Kind, Number, Text) = (kind, number, text);

    /// <summary>Number, Text or Boolean; never a location.</summary>
    public PointKind Kind { get; }

    /// <summary>The number; 1 or 0 for true and false.</summary>
    public double Number { get; }
    public string? Text { get; }
    public bool IsTrue => Kind == PointKind.Boolean && Number != 0;

    public static RuleValue Of(double value) => new(PointKind.Number, value, null);

    public static RuleValue Of(string value) => new(PointKind.Text, 0, value);

    public static RuleValue Of(bool value) => new(PointKind.Boolean, value ? 1 : 0, null);

    /// <summary>A stored property read as this kind; null when it is none (a number must be finite).</summary>
    public static RuleValue? Read(string text, PointKind kind) =>
        kind switch
        {
            PointKind.Text => Of(text),
            PointKind.Boolean => text switch
            {
                "true" => Of(true),
                "false" => Of(false),
                _ => null,
            },
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
                ? Of(number)
                : null,
        };

    /// <summary>As devices and pages write it: invariant, shortest.</summary>
    public override string ToString() =>
        Kind switch
        {
            PointKind.Text => Text!,
            PointKind.Boolean => IsTrue ? "true" : "false",
            _ => Number.ToString("R", CultureInfo.InvariantCulture),
        };
}

internal sealed class RuleValueConverter : JsonConverter<RuleValue>
{
    public override RuleValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => RuleValue.Of(reader.GetString()!),
            JsonTokenType.True => RuleValue.Of(true),
            JsonTokenType.False => RuleValue.Of(false),
            JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number) => RuleValue.Of(
                number
            ),
            _ => throw new JsonException("A value is a number, a text, true or false."),
        };

    public override void Write(Utf8JsonWriter writer, RuleValue value, JsonSerializerOptions options)
    {
        switch (value.Kind)
        {
            case PointKind.Text:
                writer.WriteStringValue(value.Text);
                break;
            case PointKind.Boolean:
                writer.WriteBooleanValue(value.IsTrue);
                break;
            default:
                writer.WriteNumberValue(value.Number);
                break;
        }
    }
}
