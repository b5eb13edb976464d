using Amqp;
using Amqp.Framing;
using IoTCentral.Hub.Amqp;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>What a connection has us buffer: 1 MB, whatever its links have credit for, and nobody is cut off for it.</summary>
public sealed class AmqpWindowTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const int FrameBytes = 60_000;

    private readonly HeldIngest _store = new() { IsOpen = true };
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() =>
        _hub = await TestHub.StartAsync(database, ingest: _store, limits: new() { DeviceMessagesPerSecond = 0 });

    public async ValueTask DisposeAsync()
    {
        _store.IsOpen = true;
        _store.Commit();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Large_messages_on_credit_for_small_ones_wait_outside_and_all_are_stored()
    {
        const int large = 250_000;
        const int count = 20;
        await using var device = await BeginAsync("burst", links: 1);
        var next = await SendSmallAsync(device);
        _store.IsOpen = false;
        var before = _store.All.Count;

        var sending = SendAllAsync(device, next, count, large);
        await _store.HasAsync(before + DeliveryWindow.MostBytes / large);
        await Task.Delay(300);
        var waiting = _store.All.Skip(before).Sum(m => m.Body.Length);
        _store.IsOpen = true;
        _store.Commit();
        await sending;
        await SettledAsync(device, next + count - 1);

        Assert.InRange(waiting, DeliveryWindow.MostBytes - large, DeliveryWindow.MostBytes);
        Assert.Equal(count, _store.All.Skip(before).Count(m => m.Body.Length == large));
    }

    [Fact]
    public async Task A_message_for_whose_pieces_there_is_no_room_is_released_and_those_before_it_are_stored()
    {
        const uint links = 6;
        await using var device = await BeginAsync("pieces", links);
        var frames = Frames(200_000);

        for (uint handle = 0; handle < links; handle++)
        {
            for (var i = 0; i < frames.Count - 1; i++)
                await SendAsync(device, handle, id: handle, frames[i], isMore: true);
        }

        var outcomes = new List<object?>();
        for (uint handle = 0; handle < links; handle++)
        {
            await SendAsync(device, handle, id: handle, frames[^1], isMore: false);
            outcomes.Add((await device.ReadAsync<Dispose>()).State);
        }

        await SendAsync(device, handle: links - 1, id: links, Frames(200)[0], isMore: false);
        outcomes.Add((await device.ReadAsync<Dispose>()).State);
        Assert.IsType<Released>(outcomes[(int)links - 1]);
        Assert.Equal(links, (uint)outcomes.OfType<Accepted>().Count());
        Assert.Equal(links, (uint)_store.All.Count(m => m.DeviceId == "pieces"));
    }

    private async Task<RawAmqp> BeginAsync(string id, uint links)
    {
        var device = await RawAmqp.SignedInAsync(_hub, id);
        await device.SendAsync(RawAmqp.Beginning());
        for (uint handle = 0; handle < links; handle++)
        {
            await device.SendAsync(RawAmqp.Attach($"/devices/{id}/messages/events", handle, isReceiver: false));
            await device.ReadAsync<Flow>();
        }

        return device;
    }

    /// <summary>Until the link has credit for many; the number of the next message.</summary>
    private static async Task<uint> SendSmallAsync(RawAmqp device)
    {
        var small = Frames(2);
        uint next = 0;
        for (var credit = 32u; credit < 200; )
        {
            for (; credit > 0; credit--)
                await SendAsync(device, 0, next++, small[0], isMore: false);
            Flow flow;
            do flow = await device.ReadAsync<Flow>();
            while (!flow.HasHandle || flow.DeliveryCount + flow.LinkCredit <= next);
            credit = flow.DeliveryCount + flow.LinkCredit - next;
        }

        return next;
    }

    private static async Task SendAllAsync(RawAmqp device, uint first, int count, int bytes)
    {
        var frames = Frames(bytes);
        for (var id = first; id < first + count; id++)
        {
            for (var i = 0; i < frames.Count; i++)
                await SendAsync(device, 0, id, frames[i], isMore: i < frames.Count - 1);
        }
    }

    private static async Task SettledAsync(RawAmqp device, uint last)
    {
        Dispose told;
        do
        {
            told = await device.ReadAsync<Dispose>();
            Assert.IsType<Accepted>(told.State);
        } while (told.Last < last);
    }

    private static Task SendAsync(RawAmqp device, uint handle, uint id, byte[] payload, bool isMore) =>
        device.SendAsync(
            new Transfer
            {
                Handle = handle,
                DeliveryId = id,
                DeliveryTag = BitConverter.GetBytes(id),
                More = isMore,
            },
            payload
        );

    /// <summary>A message with a body of so many bytes, in pieces.</summary>
    private static List<byte[]> Frames(int bytes)
    {
        var message = new Message { BodySection = new global::Amqp.Framing.Data { Binary = new byte[bytes] } }.Encode();
        return [.. message.Buffer.AsSpan(message.Offset, message.Length).ToArray().Chunk(FrameBytes)];
    }
}
