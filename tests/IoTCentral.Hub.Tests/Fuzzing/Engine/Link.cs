using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using IoTCentral.Hub.Mqtt;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>
/// A connection without a network: what is sent is read by the hub on the sender's thread, as far as it goes without
/// waiting, so that a case runs the same way each time.
/// </summary>
internal sealed class Link : ConnectionContext, IConnectionLifetimeNotificationFeature
{
    // Bounded, yet far above what a busy machine needs: who waits longer than this hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Pipe _input = NewPipe(PipeScheduler.Inline);
    private readonly Pipe _output = NewPipe(PipeScheduler.ThreadPool);
    private readonly MemoryStream _sent = new();
    private bool _isClosed;

    public Link(MqttHandler handler, Speaker who, IPAddress address)
    {
        Who = who;
        Transport = new Duplex(_input.Reader, _output.Writer);
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
        RemoteEndPoint = new IPEndPoint(address, 50_000);
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8883);
        ConnectionClosed = _closed.Token;
        ConnectionClosedRequested = _stopping.Token;
        Ended = RunAsync(handler);
    }

    public Speaker Who { get; }

    /// <summary>Completes when the hub is done with it.</summary>
    public Task Ended { get; }
    public List<WirePacket> Heard { get; } = [];
    public ReadOnlySpan<byte> Sent => _sent.GetBuffer().AsSpan(0, (int)_sent.Length);
    public override string ConnectionId { get; set; } = "fuzz";
    public override IFeatureCollection Features { get; } = new FeatureCollection();
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();
    public override IDuplexPipe Transport { get; set; }
    public override EndPoint? RemoteEndPoint { get; set; }
    public override EndPoint? LocalEndPoint { get; set; }
    public override CancellationToken ConnectionClosed { get; set; }
    public CancellationToken ConnectionClosedRequested { get; set; }

    public void RequestClose() => _stopping.Cancel();

    /// <summary>What was said so far is of no interest any more.</summary>
    public void Forget()
    {
        _sent.SetLength(0);
        Heard.Clear();
    }

    public void Send(Draft packet) => Send(packet.ToBytes());

    public void Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _sent.Write(bytes);
            _input.Writer.Write(bytes);
            var flushed = _input.Writer.FlushAsync();
            if (!flushed.IsCompletedSuccessfully)
                throw new FuzzFailure("A pipe without a limit made its writer wait.");
        }
    }

    /// <summary>The other side is gone; with a fault: broken off.</summary>
    public void Close(Exception? fault = null)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _input.Writer.Complete(fault);
        }

        _closed.Cancel();
    }

    public override void Abort(ConnectionAbortedException abortReason) => Close(abortReason);

    public override void Abort() => Close(new ConnectionAbortedException());

    /// <summary>The next packet; null: the connection is over.</summary>
    /// <exception cref="FuzzFailure">Neither comes.</exception>
    public async Task<WirePacket?> NextAsync()
    {
        while (true)
        {
            var result = await WaitAsync(_output.Reader.ReadAsync().AsTask(), "neither answers nor ends");
            var (packets, tail) = Wire.Read(
                result.Buffer.IsSingleSegment ? result.Buffer.FirstSpan : result.Buffer.ToArray()
            );
            if (packets is [var packet, ..])
            {
                var length = new Draft(packet.Header, [new Field(FieldKind.Json, packet.Body)]).ToBytes().Length;
                _output.Reader.AdvanceTo(result.Buffer.GetPosition(length));
                Heard.Add(packet);
                return packet;
            }

            _output.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (!result.IsCompleted)
                continue;
            return tail is null ? null : throw new FuzzFailure($"The hub sent what is no packet ({tail}).");
        }
    }

    /// <summary>Reads until this comes.</summary>
    public async Task<WirePacket> NextAsync(int type)
    {
        while (await NextAsync() is { } packet)
        {
            if (packet.Type == type)
                return packet;
        }

        throw new FuzzFailure($"The hub ended the connection of {Who.Id} where a packet of type {type} was due.");
    }

    /// <summary>Waits for the end, reading all that still comes.</summary>
    public async Task EndAsync()
    {
        while (await NextAsync() is not null) { }
        await WaitAsync(AsResult(Ended), "does not end");
    }

    public async Task<T> WaitAsync<T>(Task<T> work, string what)
    {
        try
        {
            return await work.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new FuzzFailure($"The connection of {Who.Id} {what}.");
        }
    }

    private async Task RunAsync(MqttHandler handler)
    {
        try
        {
            await handler.OnConnectedAsync(this);
        }
        finally
        {
            await _output.Writer.CompleteAsync();
            await _input.Reader.CompleteAsync();
            Close();
        }
    }

    private static async Task<bool> AsResult(Task task)
    {
        await task;
        return true;
    }

    private static Pipe NewPipe(PipeScheduler reader) =>
        new(
            new PipeOptions(
                readerScheduler: reader,
                writerScheduler: PipeScheduler.Inline,
                pauseWriterThreshold: 0,
                resumeWriterThreshold: 0,
                useSynchronizationContext: false
            )
        );

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>What must never happen has happened.</summary>
internal sealed class FuzzFailure(string message) : Exception(message);
