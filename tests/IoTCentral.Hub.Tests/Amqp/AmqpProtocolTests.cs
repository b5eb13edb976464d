using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>What a client may say when, byte for byte, and what becomes of one that says something else.</summary>
public sealed class AmqpProtocolTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    [Fact]
    public async Task A_client_without_SASL_is_let_in_to_put_its_token()
    {
        await using var client = await RawAmqp.BeginAsync(_hub);

        await client.SendAsync(RawAmqp.Attach("$cbs", handle: 0, isReceiver: false));
        var answer = await client.ReadAsync<Attach>();
        var flow = await client.ReadAsync<Flow>();

        Assert.True(answer.Role);
        Assert.InRange(flow.LinkCredit, 1u, 50u);
    }

    [Theory]
    [InlineData("ANONYMOUS", SaslCode.Ok)]
    [InlineData("EXTERNAL", SaslCode.Ok)]
    [InlineData("MSSBCBS", SaslCode.Ok)] // the C SDK's
    [InlineData("TPM", SaslCode.Auth)]
    [InlineData("CRAM-MD5", SaslCode.Auth)]
    public async Task A_way_to_sign_in_is_known_or_refused(string mechanism, SaslCode code)
    {
        await using var client = await RawAmqp.OpenAsync(_hub);
        await client.SendAsync(RawAmqp.SaslHeader);
        Assert.Equal(RawAmqp.SaslHeader, await client.ReadBytesAsync(8));
        var offered = await client.ReadAsync<SaslMechanisms>();

        await client.SendAsync(
            AmqpFrame.Write(
                AmqpFrame.Sasl,
                0,
                new SaslInit { Mechanism = new Symbol(mechanism), InitialResponse = [0] }
            )
        );
        var outcome = await client.ReadAsync<SaslOutcome>();

        Assert.Contains("PLAIN", offered.SaslServerMechanisms.Select(m => m.ToString()));
        Assert.Equal(code, outcome.Code);
        if (code != SaslCode.Ok)
            await client.ClosedAsync();
    }

    [Fact]
    public async Task A_TPM_is_refused_in_words()
    {
        await using var client = await RawAmqp.OpenAsync(_hub);
        await client.SendAsync(RawAmqp.SaslHeader);
        await client.SendAsync(AmqpFrame.Write(AmqpFrame.Sasl, 0, new SaslInit { Mechanism = new Symbol("TPM") }));
        await client.ClosedAsync();

        Assert.Contains("TPM", (await _hub.AttemptAsync(ConnectionCode.TpmRefused)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", ConnectionCode.ProtocolVersion)]
    [InlineData("AMQP\0\0\x09\x01", ConnectionCode.ProtocolVersion)] // 0.9.1
    [InlineData("AMQP\0\x01\0\0\0\0\0\x03", ConnectionCode.Malformed)]
    [InlineData("AMQP\0\x01\0\0\x7F\0\0\0\x02\0\0\0", ConnectionCode.TooLarge)]
    [InlineData("AMQP\0\x01\0\0\0\0\0\x0C\x02\0\0\0\0\0\0\0", ConnectionCode.Malformed)]
    public async Task What_is_no_AMQP_is_closed_with_a_line_in_the_log(string bytes, string code)
    {
        await using var client = await RawAmqp.OpenAsync(_hub);

        await client.SendAsync([.. bytes.Select(c => (byte)c)]);

        await client.ClosedAsync();
        await _hub.AttemptAsync(code);
    }

    [Fact]
    public async Task A_device_that_sends_nonsense_is_told_why_and_its_log_too()
    {
        await using var device = await RawAmqp.SignedInAsync(_hub, "raw-1");

        await device.SendAsync(new Transfer { Handle = 0, DeliveryId = 1 }, channel: 7);

        var close = await device.ReadAsync<Close>();
        Assert.Equal("amqp:connection:framing-error", close.Error.Condition.ToString());
        await device.ClosedAsync();
        await _hub.LineAsync("raw-1", ConnectionCode.Malformed);
    }

    [Fact]
    public async Task A_WebSocket_is_the_same_connection_of_bytes()
    {
        await using var device = await RawAmqp.SignedInAsync(_hub, "raw-3", await RawAmqp.OpenWebSocketAsync(_hub));

        await device.SendAsync(RawAmqp.Beginning());
        await device.SendAsync(RawAmqp.Attach("/devices/raw-3/messages/events", 0, isReceiver: false));

        Assert.NotNull((await device.ReadAsync<Attach>()).Target);
        Assert.Equal("AMQP over WebSocket", (await _hub.LineAsync("raw-3", ConnectionCode.Connected)).Protocol);
    }

    [Fact]
    public async Task A_stranger_gets_a_handful_of_links_and_no_more()
    {
        await using var client = await RawAmqp.BeginAsync(_hub);

        // in one write: a door that has closed lets no second one through
        await client.SendAsync([
            .. Enumerable
                .Range(0, 20)
                .SelectMany(i => RawAmqp.Frame(RawAmqp.Attach($"/devices/raw-{i}/twin", (uint)i, isReceiver: true))),
        ]);

        await client.ClosedAsync();
        await _hub.AttemptAsync(ConnectionCode.Malformed);
    }

    [Fact]
    public async Task A_stranger_gets_a_handful_of_sessions_and_no_more()
    {
        await using var client = await RawAmqp.BeginAsync(_hub);

        await client.SendAsync([
            .. Enumerable.Range(1, 9).SelectMany(i => RawAmqp.Frame(RawAmqp.Beginning(), channel: (ushort)i)),
        ]);

        await client.ClosedAsync();
    }

    [Fact]
    public async Task Transfers_that_were_aborted_give_their_credit_back()
    {
        await using var device = await RawAmqp.SignedInAsync(_hub, "raw-4");
        await device.SendAsync(RawAmqp.Beginning());
        await device.SendAsync(RawAmqp.Attach("/devices/raw-4/messages/events", 0, isReceiver: false));
        var credit = (await device.ReadAsync<Flow>()).LinkCredit;

        for (uint id = 0; id < credit; id++)
            await device.SendAsync(
                new Transfer
                {
                    Handle = 0,
                    DeliveryId = id,
                    DeliveryTag = [1],
                    Aborted = true,
                }
            );

        Assert.True((await device.ReadAsync<Flow>()).LinkCredit > 0);
    }

    [Fact]
    public async Task A_client_that_pipelines_everything_is_served()
    {
        await _hub.DeviceAsync("raw-2");
        var login = Sign.Hub(await _hub.DeviceAsync("raw-2"));
        await using var client = await RawAmqp.OpenAsync(_hub);
        var plain = new SaslInit
        {
            Mechanism = new Symbol("PLAIN"),
            InitialResponse = System.Text.Encoding.UTF8.GetBytes($"\0raw-2@sas.hub\0{login.Password}"),
        };

        await client.SendAsync([
            .. RawAmqp.SaslHeader,
            .. AmqpFrame.Write(AmqpFrame.Sasl, 0, plain),
            .. RawAmqp.Header,
            .. RawAmqp.Frame(new Open { ContainerId = "raw" }),
            .. RawAmqp.Frame(RawAmqp.Beginning()),
            .. RawAmqp.Frame(RawAmqp.Attach("/devices/raw-2/messages/events", 0, isReceiver: false)),
            .. RawAmqp.Frame(RawAmqp.Attach("/devices/raw-2/messages/devicebound", 1, isReceiver: true)),
            .. RawAmqp.Frame(
                new Flow
                {
                    NextIncomingId = 0,
                    IncomingWindow = 10,
                    NextOutgoingId = 0,
                    OutgoingWindow = 10,
                    Handle = 1,
                    DeliveryCount = 0,
                    LinkCredit = 5,
                    Echo = true,
                }
            ),
        ]);

        Assert.Equal(RawAmqp.SaslHeader, await client.ReadBytesAsync(8));
        Assert.Equal(SaslCode.Ok, (await client.ReadAsync<SaslOutcome>()).Code);
        Assert.Equal(RawAmqp.Header, await client.ReadBytesAsync(8));
        Assert.Equal(0u, (await client.ReadAsync<Attach>()).Handle);
        Assert.Equal(1u, (await client.ReadAsync<Attach>()).Handle);
    }
}
