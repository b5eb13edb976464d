using System.Text;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.CloudToDevice;

/// <summary>What a message to a device may be (contract §2.3, §2.7).</summary>
internal static class CloudMessageCheck
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(48);
    private const int MostIdBytes = 128;

    // All of them stand percent-encoded in an MQTT topic, which has at most 65,535 bytes.
    private const int MostPropertyBytes = 32 * 1024;

    public static IReadOnlyList<Fault> Find(NewCloudMessage message)
    {
        var faults = new List<Fault>();
        if (message.MessageId is { } id && (id.Length == 0 || Encoding.UTF8.GetByteCount(id) > MostIdBytes))
            faults.Add(new("messageId", "A message id has 1 to 128 characters."));
        if (message.TimeToLive < Shortest || message.TimeToLive > Longest)
            faults.Add(new("timeToLive", "A message waits for its device between one minute and 48 hours."));
        if (message.Properties.Keys.Any(k => k.Length == 0))
            faults.Add(new("properties", "A property needs a name."));
        if (Texts(message).Any(t => t?.Contains('\0', StringComparison.Ordinal) == true))
            faults.Add(new("properties", "Ids and properties cannot hold the character NUL."));
        var properties = Texts(message).Sum(t => t is null ? 0 : Uri.EscapeDataString(t).Length);
        if (properties > MostPropertyBytes)
            faults.Add(new("properties", "Ids and properties together have at most 32 KB, percent-encoded."));
        if (message.Body.Length + properties > NewCloudMessage.MostBytes)
            faults.Add(new("body", "A message to a device has at most 64 KB, body and properties together."));
        return faults;
    }

    private static IEnumerable<string?> Texts(NewCloudMessage message) =>
        [
            message.MessageId,
            message.CorrelationId,
            message.UserId,
            message.ContentType,
            message.ContentEncoding,
            .. message.Properties.Keys,
            .. message.Properties.Values,
        ];
}
