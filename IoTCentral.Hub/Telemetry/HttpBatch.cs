using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Telemetry;

/// <summary>Several messages in one body: <c>[{"body":…,"base64Encoded":true,"properties":{…}}]</c> (contract §4).</summary>
internal static class HttpBatch
{
    /// <exception cref="BadHttpRequestException">It is no batch.</exception>
    public static IReadOnlyList<(byte[] Body, PropertyBag Properties)> Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(Message)];
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new BadHttpRequestException(
                "A batch is a JSON array of {\"body\": base64, \"properties\": {…}}.",
                StatusCodes.Status400BadRequest,
                e
            );
        }
    }

    private static (byte[] Body, PropertyBag Properties) Message(JsonElement message)
    {
        var body = message.GetProperty("body").GetString() ?? throw new FormatException("The body is null.");
        var isText =
            message.TryGetProperty("base64Encoded", out var encoded) && encoded.ValueKind == JsonValueKind.False;
        var properties = message.TryGetProperty("properties", out var given) ? given.EnumerateObject() : default;
        return (
            isText ? Encoding.UTF8.GetBytes(body) : Convert.FromBase64String(body),
            HttpProperties.Of(properties.Select(p => KeyValuePair.Create(p.Name, p.Value.GetString())))
        );
    }
}
