using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Export;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Web.Security;
using IoTCentral.Web.Ui.Times;
using Microsoft.Net.Http.Headers;

namespace IoTCentral.Web.Features.Downloads;

/// <summary>What values can be saved as.</summary>
public enum ValuesForm
{
    Csv,
    Parquet,
}

/// <summary>What a download takes.</summary>
internal sealed record DownloadServices(
    ICallerSource Callers,
    DeviceRegistry Devices,
    TelemetryHistory Telemetry,
    DownloadSlots Slots,
    TimeProvider Time
);

/// <summary>Messages and values of devices for browsers to save, written while they are read.</summary>
internal static class TelemetryDownloads
{
    // An address has room for some hundred.
    private const int MostDevices = 1_000;
    private const string CsvType = "text/csv; charset=utf-8";
    private const string ParquetType = "application/vnd.apache.parquet";
    private static readonly TimeRange Usual = TimeRange.Last(TimeSpan.FromHours(1));

    public static void MapTelemetryDownloads(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/apps/{app}/devices/{id}/messages.csv", MessagesAsync)
            .RequireAuthorization(nameof(Permission.ViewRawData))
            .ExcludeFromDescription();
        foreach (var form in Enum.GetValues<ValuesForm>())
        {
            routes
                .MapGet(
                    form == ValuesForm.Csv ? "/apps/{app}/values.csv" : "/apps/{app}/values.parquet",
                    (
                        string app,
                        string[] device,
                        string[] component,
                        string[] name,
                        string? range,
                        [AsParameters] ValueSteps steps,
                        [AsParameters] DownloadServices services,
                        HttpContext context
                    ) => ValuesAsync(form, app, device, (component, name), range, steps, services, context)
                )
                .RequireAuthorization(nameof(Permission.ViewDevices))
                .ExcludeFromDescription();
        }
    }

    private static async Task<IResult> MessagesAsync(
        string app,
        string id,
        string? range,
        [AsParameters] DownloadServices services,
        HttpContext context
    )
    {
        var ct = context.RequestAborted;
        if (await CallerAsync(app, services, context) is not { } caller)
            return Results.NotFound();
        if (await services.Devices.FindAsync(caller, id, ct) is not { } device)
            return Results.NotFound();
        var (from, to) = Span(range, services);
        return Stream(
            context,
            services.Slots.Take(caller.Tenant),
            $"{id}-messages-{Stamp(services)}.csv",
            CsvType,
            body =>
                MessageCsv.WriteAsync(services.Telemetry.RawInOrderAsync(caller, device.Key, from, to, ct), body, ct)
        );
    }

    private static async Task<IResult> ValuesAsync(
        ValuesForm form,
        string app,
        string[] ids,
        (string[] Components, string[] Names) wanted,
        string? range,
        ValueSteps steps,
        DownloadServices services,
        HttpContext context
    )
    {
        var ct = context.RequestAborted;
        if (await FindAsync(app, services, context) is not { } found)
            return Results.NotFound();
        var caller = found.Caller;
        if (ids.Length is 0 or > MostDevices || wanted.Components.Length != wanted.Names.Length)
            return Results.BadRequest();
        var devices = new Dictionary<long, string>();
        foreach (var id in ids)
        {
            if (await services.Devices.FindAsync(caller, id, ct) is not { } device)
                return Results.NotFound();
            devices[device.Key] = device.Id;
        }
        var names = wanted.Components.Zip(wanted.Names).ToList();
        IReadOnlyList<SeriesId> series =
            names.Count == 0
                ? await services.Telemetry.SeriesAsync(caller, [.. devices.Keys], ct)
                : [.. from d in devices.Keys from n in names select new SeriesId(d, n.First, n.Second)];
        var (from, drawnTo) = TimeRange.Parse(range, Usual).Resolve(services.Time.GetUtcNow());
        if (!steps.TryRead(out var step, out var aggregates))
            return Results.BadRequest();
        Func<Stream, Task> write;
        if (step is null)
        {
            var points = services.Telemetry.PointsAsync(caller, series, from, Span(range, services).To, ct);
            write = body =>
                form == ValuesForm.Csv
                    ? PointsCsv.WriteAsync(points, devices, body, ct)
                    : PointsParquet.WriteAsync(points, devices, body, ct);
        }
        else
        {
            var query = new SeriesQuery
            {
                Series = series,
                From = from,
                To = drawnTo,
                Bucket = step,
                TimeZone = TimeZoneInfo.TryFindSystemTimeZoneById(found.Application.TimeZone, out var zone)
                    ? zone
                    : TimeZoneInfo.Utc,
                Aggregates = aggregates,
            };
            IAsyncEnumerable<SeriesResult> results;
            try
            {
                results = services.Telemetry.StreamAsync(caller, query, ct);
            }
            catch (InvalidRequestException e)
            {
                return Results.Text(e.Message, statusCode: StatusCodes.Status400BadRequest);
            }
            write = body =>
                form == ValuesForm.Csv
                    ? BucketsCsv.WriteAsync(results, aggregates, devices, body, ct)
                    : BucketsParquet.WriteAsync(results, aggregates, devices, body, ct);
        }
        var (ending, type) = form == ValuesForm.Csv ? ("csv", CsvType) : ("parquet", ParquetType);
        var subject = devices.Count == 1 ? ids[0] : app;
        return Stream(
            context,
            services.Slots.Take(caller.Tenant),
            $"{subject}-values-{Stamp(services)}.{ending}",
            type,
            write
        );
    }

    private static async Task<Caller?> CallerAsync(string app, DownloadServices services, HttpContext context) =>
        (await FindAsync(app, services, context))?.Caller;

    private static async Task<CallerAccess?> FindAsync(string app, DownloadServices services, HttpContext context) =>
        context.User.PersonId() is { } person
            ? await services.Callers.FindAsync(person, app, null, context.RequestAborted)
            : null;

    private static (DateTimeOffset From, DateTimeOffset To) Span(string? text, DownloadServices services)
    {
        var range = TimeRange.Parse(text, Usual);
        var (from, to) = range.Resolve(services.Time.GetUtcNow());
        // what a fast clock dates ahead is on the page too
        return (from, range.IsLive ? to.AddYears(10) : to);
    }

    private static string Stamp(DownloadServices services) =>
        services.Time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    private static IResult Stream(
        HttpContext context,
        IDisposable? slot,
        string name,
        string type,
        Func<Stream, Task> write
    )
    {
        if (slot is null)
            return Results.Text(
                $"{DownloadSlots.MostOfApplication} downloads of this application are under way. Please try again when one has ended.",
                statusCode: StatusCodes.Status429TooManyRequests
            );
        // whatever becomes of the answer
        context.Response.RegisterForDispose(slot);
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        context.Response.GetTypedHeaders().ContentDisposition = disposition;
        context.Response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue { NoStore = true };
        return Results.Stream(write, type);
    }
}
