using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>
/// A connection without a network: what is sent is read by the hub on the sender's thread, as far as it goes without
/// waiting, so that a case runs the same way each time.
/// </summary>
internal abstract class MemoryConnection : ConnectionContext, IConnectionLifetimeNotificationFeature
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

    protected MemoryConnection(ConnectionHandler handler, Speaker who, IPAddress address)
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
    protected PipeReader Output => _output.Reader;
    public ReadOnlySpan<byte> Sent => _sent.GetBuffer().AsSpan(0, (int)_sent.Length);
    public override string ConnectionId { get; set; } = "fuzz";
    public sealed override IFeatureCollection Features { get; } = new FeatureCollection();
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();
    public sealed override IDuplexPipe Transport { get; set; }
    public sealed override EndPoint? RemoteEndPoint { get; set; }
    public sealed override EndPoint? LocalEndPoint { get; set; }
    public sealed override CancellationToken ConnectionClosed { get; set; }
    public CancellationToken ConnectionClosedRequested { get; set; }

    public void RequestClose() => _stopping.Cancel();

    /// <summary>What was said so far is of no interest any more.</summary>
    public virtual void Forget() => _sent.SetLength(0);

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

    /// <summary>Waits for the end, reading all that still comes.</summary>
    public async Task EndAsync()
    {
        await ReadOutAsync();
        await WaitAsync(AsResult(Ended), "does not end");
    }

    /// <summary>Reads all that still comes.</summary>
    protected abstract Task ReadOutAsync();

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

    private async Task RunAsync(ConnectionHandler handler)
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
