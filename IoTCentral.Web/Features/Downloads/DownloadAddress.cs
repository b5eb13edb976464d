using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Times;
using Microsoft.AspNetCore.Http.Extensions;

namespace IoTCentral.Web.Features.Downloads;

/// <summary>Addresses of what devices have sent, as files.</summary>
internal static class DownloadAddress
{
    public static string Messages(string slug, string deviceId, TimeRange range) =>
        AppAddress.Of(slug, $"devices/{Uri.EscapeDataString(deviceId)}/messages.csv")
        + new QueryBuilder { { "range", range.ToQuery() } };

    /// <param name="series">None: all that the devices have.</param>
    public static string Values(
        string slug,
        ValuesForm form,
        IEnumerable<string> devices,
        IEnumerable<(string Component, string Name)> series,
        TimeRange range
    )
    {
        var query = new QueryBuilder { { "range", range.ToQuery() } };
        foreach (var device in devices)
            query.Add("device", device);
        foreach (var (component, name) in series)
        {
            query.Add("component", component);
            query.Add("name", name);
        }
        return AppAddress.Of(slug, form == ValuesForm.Csv ? "values.csv" : "values.parquet") + query;
    }
}
