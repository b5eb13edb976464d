using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace IoTCentral.Core.Telemetry.Export;

/// <summary>Messages as they came, as CSV that spreadsheets read: a byte order mark first, and nothing in it is a formula.</summary>
public static class MessageCsv
{
    private static readonly string[] Headers =
    [
        "time",
        "received",
        "component",
        "flags",
        "encoding",
        "body",
        "properties",
        "position",
    ];

    /// <summary>One row a message, as it is read; a body that is no text is in Base64, and <c>encoding</c> says so.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<RawMessage> messages, Stream to, CancellationToken ct)
    {
        await using var csv = ExportCsv.Open(to);
        await ExportCsv.WriteHeadersAsync(csv, Headers, ct);
        await foreach (var message in messages.WithCancellation(ct))
        {
            csv.WriteField(ExportCsv.Time(message.MessageTime.UtcDateTime));
            csv.WriteField(ExportCsv.Time(message.Received.UtcDateTime));
            csv.WriteField(message.Component);
            csv.WriteField(message.Flags == MessageFlags.None ? "" : message.Flags.ToString());
            var isText = Utf8.IsValid(message.Body);
            csv.WriteField(isText ? "" : "base64");
            csv.WriteField(isText ? Encoding.UTF8.GetString(message.Body) : Convert.ToBase64String(message.Body));
            csv.WriteField(message.Properties is { } properties ? Encoding.UTF8.GetString(properties) : "");
            csv.WriteField(message.Position);
            await csv.EndRecordAsync(ct);
        }
    }
}
