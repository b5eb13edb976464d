using System.Globalization;
using System.Text;

namespace IoTCentral.Hub.Twins;

/// <summary>Request parameters behind the question mark of a hub topic: <c>?$rid=R&amp;$version=N</c>.</summary>
internal readonly record struct TopicQuery(string RequestId, long? Version, string? OperationId)
{
    private const int LongestRequestId = 128;

    /// <summary>False without a request id that can be echoed in a topic.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out TopicQuery query)
    {
        string? id = null;
        string? operation = null;
        long? version = null;
        foreach (var pair in Encoding.UTF8.GetString(text).Split('&'))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                continue;
            var value = pair[(at + 1)..];
            switch (pair[..at])
            {
                case "$rid" or "%24rid":
                    id = value;
                    break;
                case "$version" or "%24version":
                    version = VersionOf(value);
                    break;
                case "operationId":
                    operation = Uri.UnescapeDataString(value);
                    break;
            }
        }

        query = new(id ?? "", version, operation);
        return id is { Length: > 0 and <= LongestRequestId } && id.IndexOfAny(['+', '#', '/', '\0']) < 0;
    }

    /// <summary>No version is 0: the Java SDK 2 writes it where its application has named none.</summary>
    private static long? VersionOf(string text) =>
        !long.TryParse(text, CultureInfo.InvariantCulture, out var version) ? -1
        : version == 0 ? null
        : version;
}

/// <summary>What a device asks of its twin, by the topic it publishes to: all of it, or to report.</summary>
internal readonly record struct TwinRequest(bool IsReport, TopicQuery Query)
{
    /// <summary>False: it is no twin request.</summary>
    public static bool TryRead(ReadOnlySpan<byte> topic, out TwinRequest request)
    {
        var get = "$iothub/twin/GET/?"u8;
        var report = "$iothub/twin/PATCH/properties/reported/?"u8;
        var isReport = topic.StartsWith(report);
        var parameters = isReport ? report.Length : get.Length;
        var isTwin = isReport || topic.StartsWith(get);
        TopicQuery query = default;
        var isRequest = isTwin && TopicQuery.TryRead(topic[parameters..], out query);
        request = new(isReport, query);
        return isRequest;
    }
}
