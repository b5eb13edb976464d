using System.IO.Pipelines;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Amqp;
using IoTCentral.Hub.Devices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>What is left of a device whose connection ends at the worst moment.</summary>
public sealed class AmqpEndingTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    [Fact]
    public async Task A_device_whose_connection_ends_while_it_enters_is_not_left_connected()
    {
        await _hub.DeviceAsync("short");
        var device = await _hub.Devices.GetAsync(_hub.Caller, "short", TestContext.Current.CancellationToken);
        var pipes = DuplexPipe();
        var transport = new DefaultConnectionContext("c", pipes, pipes);
        var connection = new AmqpConnection(transport, _hub.Services.GetRequiredService<AmqpNodes>());
        var session = new AmqpDevice(
            connection,
            new SignedIn
            {
                TenantId = device.TenantId,
                DeviceKey = device.Key,
                DeviceId = device.Id,
                TokenEnds = DateTimeOffset.MaxValue,
            },
            () => { }
        );

        session.End(Closing.Of(ConnectionCode.ConnectionLost));
        await Task.WhenAny(session.Ending, Task.Delay(200));
        session.Enter();
        await session.Ending;

        Assert.Null(_hub.Services.GetRequiredService<SessionRegistry>().Find(device.TenantId, device.Key));
        await _hub.LineAsync("short", ConnectionCode.ConnectionLost);
    }

    private static Both DuplexPipe() => new(new Pipe(), new Pipe());

    private sealed class Both(Pipe input, Pipe output) : IDuplexPipe
    {
        public PipeReader Input => input.Reader;
        public PipeWriter Output => output.Writer;
    }
}
