using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Devices;

/// <summary>What goes on at the doors besides MQTT: TLS that fails, who is here, who does not read, and how it ends.</summary>
public sealed class DoorsTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private TestHub _hub = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(database);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_client_that_does_not_trust_us_is_told_in_words()
    {
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync(IPAddress.Loopback, _hub.Port, Ct);
            await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => false);
            await Assert.ThrowsAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync("hub.example.com"));
        }

        var attempt = await _hub.AttemptAsync(ConnectionCode.TlsBrokenOff);
        Assert.Contains("does not trust our certificate", attempt.Detail, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", attempt.Address);
    }

    [Fact]
    public async Task A_client_that_leaves_right_after_tls_is_told_too()
    {
        (await _hub.OpenAsync()).Break();

        var attempt = await _hub.AttemptAsync(ConnectionCode.TlsBrokenOff);
        Assert.Contains("does not trust our certificate", attempt.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_mqtt_is_told_that_it_needs_tls()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _hub.Port, Ct);
        await tcp.GetStream().WriteAsync(MqttClient.ConnectPacket(new("a", "h/a", "")), Ct);

        await _hub.AttemptAsync(ConnectionCode.NotTls);
    }

    [Fact]
    public async Task Who_opens_a_connection_and_says_nothing_is_closed()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _hub.Port, Ct);

        // TLS must be done within 10 s; the test waits for the end, however long that takes.
        Assert.Equal(0, await tcp.GetStream().ReadAsync(new byte[1], Ct));

        await _hub.AttemptAsync(ConnectionCode.NotTls);
    }

    [Fact]
    public async Task Presence_follows_the_connection_and_the_last_message()
    {
        await using (var device = await _hub.ConnectAsync("present"))
        {
            await device.PublishAsync("devices/present/messages/events/", "{}", packetId: 1);
            await device.ReadAsync(MqttClient.PubAck);
            await Eventually.FindAsync(async () => (await PresenceAsync("present")).IsConnected ? "yes" : null);
        }

        var gone = await Eventually.FindAsync(async () =>
            await PresenceAsync("present") is { IsConnected: false, DisconnectedAt: not null } p ? p : null
        );
        var stored = Assert.Single(await _hub.StoredAsync("present"));
        Assert.Equal(stored.Received, gone.LastMessageAt);
        await _hub.LineAsync("present", ConnectionCode.ConnectionLost);
    }

    [Fact]
    public async Task The_first_message_of_a_connection_is_told_of_once_it_is_known()
    {
        var told = Channel.CreateUnbounded<Change>();
        using var listening = _hub
            .Services.GetRequiredService<ChangeFeed>()
            .Listen(c => _ = c.Kind == ChangeKind.Connection && told.Writer.TryWrite(c));
        await using var device = await _hub.ConnectAsync("first");
        var key = (await _hub.Devices.GetAsync(_hub.Caller, "first", Ct)).Key;
        Assert.Equal(key, (await told.Reader.ReadAsync(Ct)).DeviceKey);

        await device.PublishAsync("devices/first/messages/events/", "{}", packetId: 1);
        await device.ReadAsync(MqttClient.PubAck);

        Assert.Equal(key, (await told.Reader.ReadAsync(Ct)).DeviceKey);
        Assert.NotNull((await PresenceAsync("first")).LastMessageAt);
    }

    [Fact]
    public async Task Who_never_reads_is_closed_before_he_fills_our_memory()
    {
        await using var device = await _hub.ConnectAsync("deaf");
        await device.SubscribeAsync(1, ("$iothub/twin/PATCH/properties/desired/#", 0));
        var key = (await _hub.Devices.GetAsync(_hub.Caller, "deaf", Ct)).Key;
        var link = _hub.Services.GetRequiredService<IDeviceLink>();

        var isHere = true;
        for (var version = 2; version < 1000 && isHere; version++)
        {
            isHere = await link.PushDesiredAsync(_hub.Application.TenantId, key, new byte[100_000], version, Ct);
            await Task.Delay(1, Ct);
        }

        Assert.False(isHere);
        await _hub.LineAsync("deaf", ConnectionCode.NotReading);
    }

    [Fact]
    public async Task Wrong_keys_make_the_next_attempts_of_that_device_wait_and_of_no_other()
    {
        await _hub.DisposeAsync();
        _hub = await TestHub.StartAsync(database, new() { WrongKeysPerMinute = 3 });
        var guessed = await _hub.DeviceAsync("guessed");
        var neighbour = await _hub.DeviceAsync("neighbour");
        for (var i = 0; i < 3; i++)
            await CodeAsync(guessed with { OwnKeys = KeyPair.New() });

        var codes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => CodeAsync(guessed)));
        var other = await CodeAsync(neighbour);

        Assert.Equal([3, 3], codes); // 20 s to wait is more than a CONNECT should: come back later
        Assert.Equal(0, other);
    }

    [Fact]
    public async Task A_program_that_stops_acknowledges_what_it_has_and_says_good_bye()
    {
        var device = await _hub.ConnectAsync("last-words");
        for (var i = 1; i <= 50; i++)
            await device.PublishAsync("devices/last-words/messages/events/", "{}", packetId: i);
        var first = await device.ReadAsync(MqttClient.PubAck);
        var key = (await _hub.Devices.GetAsync(_hub.Caller, "last-words", Ct)).Key;

        await _hub.DisposeAsync();

        var acknowledged = new List<int> { first.Id };
        try
        {
            while (true)
                acknowledged.Add((await device.ReadAsync(MqttClient.PubAck)).Id);
        }
        catch (IOException) { }

        var tenant = _hub.Application.TenantId;
        _hub = await TestHub.StartAsync(database);
        var store = _hub.Services.GetRequiredService<ITelemetryStore>();
        var stored = (await store.NewestAsync(tenant, [key], 100, Ct))[key];
        Assert.Equal(stored.Count, acknowledged.Count);
        Assert.Equal(Enumerable.Range(1, acknowledged.Count), acknowledged);
    }

    private async Task<int> CodeAsync(Credentials device)
    {
        await using var client = await _hub.OpenAsync();
        return await client.ConnectAsync(Sign.Hub(device));
    }

    private async Task<Presence> PresenceAsync(string id) =>
        (await _hub.Devices.GetAsync(_hub.Caller, id, Ct)).Presence;
}
