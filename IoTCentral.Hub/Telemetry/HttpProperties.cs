using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Telemetry;

/// <summary>A message's properties as headers spell them (contract §4), in any case.</summary>
internal static class HttpProperties
{
    private const string Application = "iothub-app-";

    private static readonly Dictionary<string, string> System = new(StringComparer.OrdinalIgnoreCase)
    {
        ["iothub-messageid"] = "$.mid",
        ["iothub-correlationid"] = "$.cid",
        ["iothub-userid"] = "$.uid",
        ["iothub-expiry"] = "$.exp",
        ["iothub-contenttype"] = "$.ct",
        ["iothub-contentencoding"] = "$.ce",
        ["iothub-interface-id"] = "$.ifid",
        ["iothub-creation-time-utc"] = "$.ctime",
        ["dt-subject"] = "$.sub",
    };

    public static PropertyBag Of(IHeaderDictionary headers) =>
        Of(headers.Select(h => KeyValuePair.Create(h.Key, (string?)h.Value.ToString())));

    /// <summary>Others are left out: they are of HTTP, not of the message.</summary>
    public static PropertyBag Of(IEnumerable<KeyValuePair<string, string?>> headers) =>
        PropertyBag.Of(headers.Select(h => KeyValuePair.Create(NameOf(h.Key), h.Value)).Where(p => p.Key.Length > 0));

    private static string NameOf(string header) =>
        System.TryGetValue(header, out var name) ? name
        : header.StartsWith(Application, StringComparison.OrdinalIgnoreCase) ? header[Application.Length..]
        : "";
}
