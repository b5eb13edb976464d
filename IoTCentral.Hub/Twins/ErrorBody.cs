using System.Globalization;
using System.Text.Json;

namespace IoTCentral.Hub.Twins;

/// <summary>The JSON that says what went wrong: some SDKs read it, others only the status in the topic (contract §0 trap 10).</summary>
internal static class ErrorBody
{
    /// <param name="status">As HTTP's; the body has the hub's code for it.</param>
    public static byte[] OfStatus(int status, string message, DateTimeOffset now) => Of(CodeOf(status), message, now);

    /// <param name="errorCode">Six digits that begin with the status, such as 401002.</param>
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

    private static int CodeOf(int status) =>
        status switch
        {
            400 => 400004, // ArgumentInvalid; all others are the first of their status
            _ => status * 1000 + 1,
        };
}
