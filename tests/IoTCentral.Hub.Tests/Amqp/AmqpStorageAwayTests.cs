using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>What a device hears over AMQP while the database is away, and that it can go on afterwards.</summary>
public sealed class AmqpStorageAwayTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private PostgresProxy _proxy = null!;
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        _proxy = new PostgresProxy(database.ConnectionString);
        _hub = await TestHub.StartAsync(database, connectionString: _proxy.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Signing_in_is_put_off_and_not_refused()
    {
        var login = Sign.Hub(await _hub.DeviceAsync("away-1"));
        await using var client = await AmqpClient.OpenAsync(_hub);
        await using var raw = await RawAmqp.OpenAsync(_hub);
        _proxy.Refuse();

        var put = await Assert.ThrowsAsync<AmqpException>(() => client.PutTokenAsync(login.Password, "away-1"));
        Assert.Equal("com.microsoft:timeout", put.Error.Condition.ToString());

        var plain = new SaslInit
        {
            Mechanism = new Symbol("PLAIN"),
            InitialResponse = Encoding.UTF8.GetBytes($"\0away-1@sas.hub\0{login.Password}"),
        };
        await raw.SendAsync([.. RawAmqp.SaslHeader, .. AmqpFrame.Write(AmqpFrame.Sasl, 0, plain)]);
        await raw.ReadBytesAsync(8);
        Assert.Equal(SaslCode.SysTemp, (await raw.ReadAsync<SaslOutcome>()).Code);

        _proxy.GoOn();
        await Eventually.FindAsync(() => PutAsync(client, login));
    }

    /// <summary>Null: put off once more.</summary>
    private static async Task<string?> PutAsync(AmqpClient client, Login login)
    {
        try
        {
            return await client.PutTokenAsync(login.Password, login.ClientId) == 200 ? "in" : null;
        }
        catch (AmqpException e) when (e.Error?.Condition.ToString() == "com.microsoft:timeout")
        {
            return null;
        }
    }

    [Fact]
    public async Task Twin_requests_are_answered_and_telemetry_waits()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "away-2");
        var events = await device.SenderAsync("/devices/away-2/messages/events");
        var asks = await device.SenderAsync("/devices/away-2/twin");
        var answers = await device.ReceiverAsync("/devices/away-2/twin");
        _proxy.Refuse();

        var sending = AmqpClient.SendAsync(events, "{}");
        await AskAsync(asks);
        Assert.Equal(503, Status(await AmqpClient.ReadAsync(answers)));
        Assert.False(sending.IsCompleted);

        _proxy.GoOn();
        await sending;
        await AskAsync(asks);
        Assert.Equal(200, Status(await AmqpClient.ReadAsync(answers)));
    }

    private static Task AskAsync(SenderLink asks) =>
        AmqpClient.SendAsync(
            asks,
            " ",
            m =>
            {
                m.Properties = new Properties { CorrelationId = "c" };
                m.MessageAnnotations = new MessageAnnotations { [new Symbol("operation")] = "GET" };
            }
        );

    private static int Status(Message answer) => (int)answer.MessageAnnotations[new Symbol("status")];
}
