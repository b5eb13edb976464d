using System.Text.Json;
using System.Xml;
using IoTCentral.Core.Telemetry.Series;
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
    /// <param name="step">Null: values one by one.</param>
    /// <param name="aggregates">What is told of each step.</param>
    public static string Values(
        string slug,
        ValuesForm form,
        IEnumerable<string> devices,
        IEnumerable<(string Component, string Name)> series,
        TimeRange range,
        TimeSpan? step = null,
        IEnumerable<Aggregate>? aggregates = null
    )
    {
        var query = new QueryBuilder { { "range", range.ToQuery() } };
        if (step is { } length)
        {
            query.Add("step", XmlConvert.ToString(length));
            foreach (var aggregate in aggregates ?? [])
                query.Add("aggregate", JsonNamingPolicy.CamelCase.ConvertName($"{aggregate}"));
        }
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
