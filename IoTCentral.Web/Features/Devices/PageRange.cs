using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.WebUtilities;

namespace IoTCentral.Web.Features.Devices;

/// <summary>A page's time range in its address: <c>range=live-1h</c>.</summary>
internal static class PageRange
{
    private const string Name = "range";

    public static TimeRange Read(string address, TimeRange otherwise) =>
        TimeRange.Parse(
            QueryHelpers.ParseQuery(new Uri(address).Query).TryGetValue(Name, out var text) ? text.ToString() : null,
            otherwise
        );

    /// <summary>The same address with this range.</summary>
    public static string Write(string address, TimeRange range)
    {
        var uri = new Uri(address);
        var others = QueryHelpers
            .ParseQuery(uri.Query)
            .Where(p => p.Key != Name)
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value.ToString()));
        return QueryHelpers.AddQueryString(
            QueryHelpers.AddQueryString(uri.GetLeftPart(UriPartial.Path), others),
            Name,
            range.ToQuery()
        );
    }
}
