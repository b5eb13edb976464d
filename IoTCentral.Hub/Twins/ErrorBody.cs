using System.Globalization;
using System.Text.Json;

namespace IoTCentral.Hub.Twins;

/// <summary>The JSON that says what went wrong: some SDKs read it, others only the status in the topic (contract §0 trap 10).</summary>
internal static class ErrorBody
{
    public static byte[] Of(int errorCode, string message, DateTimeOffset now) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                errorCode,
                trackingId = Guid.CreateVersion7(now).ToString(),
                message,
                info = new { },
                timestampUtc = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture),
            }
        );
}
