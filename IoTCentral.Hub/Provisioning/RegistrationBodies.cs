using System.Globalization;
using System.Text.Json;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Hub.Provisioning;

/// <summary>What a device says when it registers.</summary>
internal static class RegisterBody
{
    private const int LongestModelId = 2048; // DTDL v3: a DTMI has at most 2048 characters

    /// <summary>
    /// Reads the model from <c>payload.modelId</c> or the older <c>payload.iotcModelId</c>, and the gateway that the device
    /// is behind from <c>payload.iotcGateway.iotcGatewayId</c>.
    /// The C# SDK says nothing at all unless its application has a payload: an empty body is one without members.
    /// </summary>
    public static bool TryRead(byte[] json, string registrationId, out RegistrationPayload said, out string fault)
    {
        said = new();
        fault = "";
        if (json.Length == 0)
            return true;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                fault = "The body must be a JSON object.";
                return false;
            }

            if (
                root.TryGetProperty("registrationId", out var id)
                && id.ValueKind == JsonValueKind.String
                && !string.Equals(id.GetString(), registrationId, StringComparison.OrdinalIgnoreCase)
            )
            {
                fault = "The registration id in the body is another one than the connection's.";
                return false;
            }

            if (root.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object)
                said = new(
                    Text(payload, "modelId") ?? Text(payload, "iotcModelId"),
                    payload.TryGetProperty("iotcGateway", out var gateway) && gateway.ValueKind == JsonValueKind.Object
                        ? Text(gateway, "iotcGatewayId")
                        : null
                );
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            fault = "The body is not valid JSON.";
            return false;
        }
    }

    /// <summary>Whether it brings a TPM's keys.</summary>
    public static bool IsTpm(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("tpm", out var tpm)
                && tpm.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 and <= LongestModelId } text
        && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : null;
}

/// <summary>What a registered device is told (contract §3.1).</summary>
internal static class RegistrationBody
{
    /// <summary>Seconds after which a device that waits for approval asks again.</summary>
    public const int AskAgainAfter = 15;

    public static byte[] Of(Registration registration) =>
        registration.IsWaiting
            ? JsonSerializer.SerializeToUtf8Bytes(new { operationId = registration.OperationId, status = "assigning" })
            : Assigned(registration);

    private static byte[] Assigned(Registration registration) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                operationId = registration.OperationId,
                status = "assigned",
                registrationState = new
                {
                    registrationId = registration.RegistrationId,
                    createdDateTimeUtc = Time(registration.CreatedAt),
                    assignedHub = registration.AssignedHub,
                    deviceId = registration.DeviceId,
                    status = "assigned",
                    substatus = JsonNamingPolicy.CamelCase.ConvertName(registration.Kind.ToString()),
                    lastUpdatedDateTimeUtc = Time(registration.UpdatedAt),
                    etag = registration.ETag,
                },
            }
        );

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
