using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Rules;

/// <summary>The JSON form of rules and of what they saw: camelCase, durations as ISO 8601 (<c>PT15M</c>).</summary>
public static class RuleJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    public static string Write(RuleDefinition definition) => JsonSerializer.Serialize(definition, Options);

    /// <exception cref="InvalidRequestException">It is no rule; says where.</exception>
    public static RuleDefinition ReadDefinition(string json)
    {
        try
        {
            var definition = JsonSerializer.Deserialize<RuleDefinition>(json, Options);
            return definition is null || HasHoles(definition)
                ? throw new InvalidRequestException(
                    "rule.invalid",
                    "The rule's JSON has null where something is needed."
                )
                : definition;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            var path = (e as JsonException)?.Path ?? "";
            throw new InvalidRequestException(
                "rule.invalid",
                [new Fault(path.TrimStart('$', '.'), "This is not a rule's JSON.")]
            );
        }
    }

    private static bool HasHoles(RuleDefinition definition) =>
        definition.Conditions.Any(c => c is null)
        || definition.Filter.Any(f => f is null)
        || definition.Actions.Any(a => a is null || a is EmailAction { To: var to } && to.Any(t => t is null));

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // jsonb sorts members, so "kind" need not come first
            AllowOutOfOrderMetadataProperties = true,
            RespectNullableAnnotations = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // stored in jsonb and sent as application/json, never put into HTML
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new DurationConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class DurationConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return XmlConvert.ToTimeSpan(reader.GetString() ?? "");
            }
            catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException)
            {
                throw new JsonException("A duration is written like PT15M.", e);
            }
        }

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(XmlConvert.ToString(value));
    }
}
