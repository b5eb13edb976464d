using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.LiveTelemetry;
using IoTCentral.Web.Tests.Api;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.LiveTelemetry;

/// <summary>Live telemetry as programs get it, with SignalR's own client.</summary>
public sealed class TelemetryHubTests(TestSite site) : IClassFixture<TestSite>, IAsyncLifetime
{
    private Application _application = null!;
    private ApiClient _api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _application = await site.ApplicationAsync();
        _api = await ApiClient.OfAsync(site, _application, Role.Operator);
        await site.Services.GetRequiredService<LiveFeed>().StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await site.Services.GetRequiredService<LiveFeed>().StopAsync(CancellationToken.None);
        _api.Dispose();
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task What_is_committed_comes_with_device_name_value_and_time(HttpTransportType transport)
    {
        var pump = await DeviceAsync(_application, $"pump-{transport}");
        await using var connection = await ConnectAsync(_api.Token, transport);
        var frames = connection
            .StreamAsync<LiveFrame>("Follow", new FollowRequest { Mode = FollowMode.All }, Ct)
            .GetAsyncEnumerator(Ct);
        Assert.Empty((await NextAsync(frames)).Samples);

        await CommitAsync(_application, pump, """{"t":21.5,"open":true,"note":"ok","at":{"lat":48.1,"lon":11.5}}""");

        var samples = new List<LiveSample>();
        while (samples.Count < 4)
            samples.AddRange((await NextAsync(frames)).Samples);
        Assert.All(samples, s => Assert.Equal((pump.Id, "", site.Time.GetUtcNow()), (s.Device, s.Component, s.Time)));
        Assert.Equal(
            ["at {\"lat\":48.1,\"lon\":11.5,\"alt\":0}", "note \"ok\"", "open true", "t 21.5"],
            samples.Select(s => $"{s.Name} {((JsonElement)s.Value).GetRawText()}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Another_application_s_telemetry_never_comes_nor_that_of_devices_that_are_not_followed()
    {
        var stranger = await site.ApplicationAsync();
        var foreign = await DeviceAsync(stranger, "pump-a");
        var (one, other) = (await DeviceAsync(_application, "pump-a"), await DeviceAsync(_application, "pump-b"));
        await using var connection = await ConnectAsync(_api.Token);
        var frames = connection
            .StreamAsync<LiveFrame>("Follow", new FollowRequest { Devices = ["pump-a"], Mode = FollowMode.All }, Ct)
            .GetAsyncEnumerator(Ct);
        await NextAsync(frames);

        await CommitAsync(stranger, foreign, """{"t":1}""");
        await CommitAsync(_application, other, """{"t":2}""");
        await CommitAsync(_application, one, """{"t":3}""");

        var first = Assert.Single((await NextAsync(frames)).Samples);
        Assert.Equal(("pump-a", 3), (first.Device, ((JsonElement)first.Value).GetDouble()));
    }

    [Fact]
    public async Task Without_a_good_token_nobody_connects()
    {
        foreach (var token in new[] { null, "", "SharedAccessSignature sr=x&sig=y&skn=z&se=9999999999", "Basic abc" })
            await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(token, HttpTransportType.LongPolling));
    }

    [Fact]
    public async Task Who_is_signed_in_with_a_browser_s_cookie_alone_does_not_connect()
    {
        var anna = await site.PersonAsync();
        await site.JoinAsync(anna, _application, Role.Administrator);
        using var browser = await site.SignedInAsync(anna, Ct);

        using var answer = await browser.GetAsync(LiveTelemetrySetup.Path, Ct);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_that_is_taken_back_ends_its_streams()
    {
        var tokens = site.Services.GetRequiredService<ApiTokens>();
        var system = Caller.System(_application.TenantId);
        var issued = await tokens.IssueAsync(system, _application, Role.Operator, null, null, Ct);
        await using var connection = await ConnectAsync(issued.Text);
        var frames = connection.StreamAsync<LiveFrame>("Follow", new FollowRequest(), Ct).GetAsyncEnumerator(Ct);
        await NextAsync(frames);

        await tokens.RevokeAsync(system, issued.Id, Ct);
        site.Time.Advance(TimeSpan.FromSeconds(31));

        var ended = await Assert.ThrowsAsync<HubException>(async () => await NextAsync(frames));
        Assert.Contains("token", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_followed_is_said_in_words()
    {
        await using var connection = await ConnectAsync(_api.Token);

        Assert.Contains("no device 'none'", await RefusalAsync(new FollowRequest { Devices = ["none"] }));
        Assert.Contains("100 to 60,000", await RefusalAsync(new FollowRequest { Every = 1 }));

        async Task<string> RefusalAsync(FollowRequest request) =>
            (
                await Assert.ThrowsAsync<HubException>(async () =>
                    await NextAsync(connection.StreamAsync<LiveFrame>("Follow", request, Ct).GetAsyncEnumerator(Ct))
                )
            ).Message;
    }

    [Fact]
    public async Task A_stream_gives_its_place_back_however_it_ends()
    {
        var streams = site.Services.GetRequiredService<LiveStreams>();
        var others = Enumerable
            .Range(0, LiveStreams.MostOfApplication - 1)
            .Select(_ => streams.Take(_application.TenantId)!)
            .ToList();
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await ConnectAsync(_api.Token);
            await NextAsync(
                connection.StreamAsync<LiveFrame>("Follow", new FollowRequest(), Ct).GetAsyncEnumerator(Ct)
            );
            var full = await Assert.ThrowsAsync<HubException>(async () =>
                await NextAsync(
                    connection.StreamAsync<LiveFrame>("Follow", new FollowRequest(), Ct).GetAsyncEnumerator(Ct)
                )
            );
            Assert.Contains("streams already", full.Message, StringComparison.Ordinal);
            await connection.StopAsync(Ct);
            await FreeAsync(streams);
        }
        others.ForEach(o => o.Dispose());
    }

    // the server ends a stream a moment after its connection has gone
    private async Task FreeAsync(LiveStreams streams)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            using var place = streams.Take(_application.TenantId);
            if (place is not null)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }
    }

    private async Task<HubConnection> ConnectAsync(
        string? token,
        HttpTransportType transport = HttpTransportType.WebSockets
    )
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(
                new Uri(site.Server.BaseAddress, LiveTelemetrySetup.Path),
                transport,
                o =>
                {
                    o.AccessTokenProvider = () => Task.FromResult(token);
                    o.HttpMessageHandlerFactory = _ => site.Server.CreateHandler();
                    o.WebSocketFactory = async (context, ct) =>
                    {
                        var sockets = site.Server.CreateWebSocketClient();
                        sockets.ConfigureRequest = r => r.Headers.Authorization = $"Bearer {token}";
                        return await sockets.ConnectAsync(context.Uri, ct);
                    };
                }
            )
            .AddJsonProtocol(j =>
                j.PayloadSerializerOptions.Converters.Add(
                    new JsonStringEnumConverter<FollowMode>(JsonNamingPolicy.CamelCase)
                )
            )
            .Build();
        await connection.StartAsync(Ct);
        return connection;
    }

    private static async Task<LiveFrame> NextAsync(IAsyncEnumerator<LiveFrame> frames)
    {
        Assert.True(await frames.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct));
        return frames.Current;
    }

    private Task<Device> DeviceAsync(Application application, string id) =>
        site
            .Services.GetRequiredService<DeviceRegistry>()
            .AddAsync(Caller.System(application.TenantId), new NewDevice { Id = id }, Ct);

    /// <summary>As the writer does it.</summary>
    private async Task CommitAsync(Application application, Device device, string body)
    {
        var message = new DeviceMessage
        {
            Tenant = application.TenantId,
            DeviceKey = device.Key,
            DeviceId = device.Id,
            Received = site.Time.GetUtcNow(),
            MessageTime = site.Time.GetUtcNow(),
            Component = "",
            Body = Encoding.UTF8.GetBytes(body),
        };
        await site.Services.GetRequiredService<IMessageLog>().AppendAsync([message], Ct);
        site.Services.GetRequiredService<CommittedLog>().Publish([message]);
    }
}
