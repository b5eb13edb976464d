using System.Globalization;
using System.Net;
using System.Text;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Downloads;
using IoTCentral.Web.Ui.Times;
using Microsoft.Extensions.DependencyInjection;
using Parquet;

namespace IoTCentral.Web.Tests.Downloads;

/// <summary>Messages and values as files, over HTTP.</summary>
public sealed class TelemetryDownloadTests(TestSite site) : IClassFixture<TestSite>
{
    private static readonly TimeRange Hour = TimeRange.Live(TimeSpan.FromHours(1));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_are_saved_as_CSV_oldest_first()
    {
        var application = await FilledAsync("pump#1");
        using var browser = await SignedInAsync(application);

        using var answer = await browser.GetAsync(DownloadAddress.Messages(application.Slug, "pump#1", Hour), Ct);

        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Matches(
            "^pump#1-messages-[0-9]{8}-[0-9]{6}.csv$",
            answer.Content.Headers.ContentDisposition.FileNameStar!
        );
        var lines = await LinesAsync(answer);
        Assert.Equal(3, lines.Length);
        Assert.Contains("\"\"t\"\":1", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"\"t\"\":2", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_saved_as_CSV_all_or_those_that_are_asked_for()
    {
        var application = await FilledAsync("pump");
        using var browser = await SignedInAsync(application);

        using var all = await browser.GetAsync(
            DownloadAddress.Values(application.Slug, ValuesForm.Csv, ["pump"], [], Hour),
            Ct
        );
        using var one = await browser.GetAsync(
            DownloadAddress.Values(application.Slug, ValuesForm.Csv, ["pump"], [("", "t")], Hour),
            Ct
        );

        Assert.Equal(["open,1", "state,open", "t,1", "t,2"], Values(await LinesAsync(all)));
        Assert.Equal(["t,1", "t,2"], Values(await LinesAsync(one)));

        static IEnumerable<string> Values(string[] lines) =>
            lines
                .Skip(1)
                .Select(l => string.Join(',', l.Split(',')[^2..]))
                .Select(v => v == "open,true" ? "open,1" : v)
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Values_are_saved_as_Parquet()
    {
        var application = await FilledAsync("pump");
        using var browser = await SignedInAsync(application);

        using var answer = await browser.GetAsync(
            DownloadAddress.Values(application.Slug, ValuesForm.Parquet, ["pump"], [], Hour),
            Ct
        );

        Assert.Equal("application/vnd.apache.parquet", answer.Content.Headers.ContentType!.MediaType);
        using var bytes = new MemoryStream(await answer.Content.ReadAsByteArrayAsync(Ct));
        await using var file = await ParquetReader.CreateAsync(bytes, cancellationToken: Ct);
        using var group = file.OpenRowGroupReader(0);
        Assert.Equal((1, 4), (file.RowGroupCount, group.RowCount));
    }

    [Fact]
    public async Task Steps_are_saved_as_they_are_drawn()
    {
        var application = await FilledAsync("pump");
        using var browser = await SignedInAsync(application);
        string Address(ValuesForm form, double hours) =>
            DownloadAddress.Values(
                application.Slug,
                form,
                ["pump"],
                [("", "t")],
                Hour,
                TimeSpan.FromHours(hours),
                [Aggregate.Sum, Aggregate.TimeWeightedAverage]
            );

        using var csv = await browser.GetAsync(Address(ValuesForm.Csv, 1), Ct);
        using var parquet = await browser.GetAsync(Address(ValuesForm.Parquet, 1), Ct);
        using var fine = await browser.GetAsync(Address(ValuesForm.Csv, 0.0001), Ct);

        var lines = await LinesAsync(csv);
        Assert.EndsWith("telemetry,sum,timeWeightedAverage", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            3,
            lines.Skip(1).Sum(l => int.Parse(l.Split(',')[4].PadLeft(1, '0'), CultureInfo.InvariantCulture))
        );
        Assert.Equal("application/vnd.apache.parquet", parquet.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.BadRequest, fine.StatusCode);
        Assert.Contains("a second or longer", await fine.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        foreach (var wrong in new[] { "step=long&aggregate=sum", "step=PT1H", "step=PT1H&aggregate=mood" })
        {
            using var refused = await browser.GetAsync($"/apps/{application.Slug}/values.csv?device=pump&{wrong}", Ct);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Strangers_and_members_of_another_application_get_nothing()
    {
        var application = await FilledAsync("pump");
        using var stranger = site.Browser();
        using var foreigner = await SignedInAsync(await site.ApplicationAsync());
        using var member = await SignedInAsync(application);
        string[] addresses =
        [
            DownloadAddress.Messages(application.Slug, "pump", Hour),
            DownloadAddress.Values(application.Slug, ValuesForm.Csv, ["pump"], [], Hour),
            DownloadAddress.Values(application.Slug, ValuesForm.Parquet, ["pump"], [], Hour),
        ];

        foreach (var address in addresses)
        {
            Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync(address, Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await foreigner.GetAsync(address, Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await member.GetAsync(address, Ct)).StatusCode);
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await member.GetAsync(address.Replace("pump", "none", StringComparison.Ordinal), Ct)).StatusCode
            );
        }
    }

    [Fact]
    public async Task An_application_has_four_downloads_at_a_time_and_another_one_its_own()
    {
        var (one, other) = (await FilledAsync("pump"), await FilledAsync("pump"));
        using var browser = await SignedInAsync(one);
        using var neighbour = await SignedInAsync(other);
        var slots = site.Services.GetRequiredService<DownloadSlots>();
        var taken = Enumerable.Range(0, 4).Select(_ => slots.Take(one.TenantId)!).ToList();

        using var refused = await browser.GetAsync(DownloadAddress.Messages(one.Slug, "pump", Hour), Ct);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("try again", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var beside = await neighbour.GetAsync(DownloadAddress.Messages(other.Slug, "pump", Hour), Ct);
        Assert.Equal(HttpStatusCode.OK, beside.StatusCode);

        taken.ForEach(t => t.Dispose());
        // each gives its place back
        for (var i = 0; i < 6; i++)
        {
            using var again = await browser.GetAsync(DownloadAddress.Messages(one.Slug, "pump", Hour), Ct);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            await again.Content.ReadAsByteArrayAsync(Ct);
        }
    }

    private async Task<Application> FilledAsync(string id)
    {
        var application = await site.ApplicationAsync();
        var device = await site
            .Services.GetRequiredService<DeviceRegistry>()
            .AddAsync(Caller.System(application.TenantId), new NewDevice { Id = id }, Ct);
        var now = site.Time.GetUtcNow();
        DeviceMessage Message(string body, int second) =>
            new()
            {
                Tenant = application.TenantId,
                DeviceKey = device.Key,
                DeviceId = id,
                Received = now,
                MessageTime = now.AddSeconds(second - 60),
                Component = "",
                Body = Encoding.UTF8.GetBytes(body),
            };
        await site
            .Services.GetRequiredService<IMessageLog>()
            .AppendAsync([Message("""{"t":1,"state":"open"}""", 0), Message("""{"t":2,"open":true}""", 1)], Ct);
        return application;
    }

    private async Task<Browser> SignedInAsync(Application application)
    {
        var anna = await site.PersonAsync();
        await site.JoinAsync(anna, application, Role.Administrator);
        return await site.SignedInAsync(anna, Ct);
    }

    private static async Task<string[]> LinesAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadAsStringAsync(Ct)).Trim().Split("\r\n");
}
