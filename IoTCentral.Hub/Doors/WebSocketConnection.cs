using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace IoTCentral.Hub.Doors;

/// <summary>
/// A WebSocket as a connection of bytes: what comes in binary frames is one stream, whatever the frames, and what is
/// written goes out as it was flushed.
/// </summary>
internal sealed class WebSocketConnection : ConnectionContext
{
    // A goodbye that the other side does not answer is not waited for.
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly CancellationTokenSource _closed = new();
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();

    public WebSocketConnection(WebSocket socket, HttpContext context)
    {
        _socket = socket;
        Transport = new Duplex(_input.Reader, _output.Writer);
        ConnectionId = context.Connection.Id;
        Features = new FeatureCollection(context.Features);
        // what was seen of TLS is there
        Items = context.Features.Get<IConnectionItemsFeature>()?.Items ?? new ConnectionItems();
        RemoteEndPoint = EndPointOf(context.Connection.RemoteIpAddress, context.Connection.RemotePort);
        LocalEndPoint = EndPointOf(context.Connection.LocalIpAddress, context.Connection.LocalPort);
        ConnectionClosed = _closed.Token;
    }

    public override string ConnectionId { get; set; }
    public override IFeatureCollection Features { get; }
    public override IDictionary<object, object?> Items { get; set; }
    public override IDuplexPipe Transport { get; set; }
    public override EndPoint? RemoteEndPoint { get; set; }
    public override EndPoint? LocalEndPoint { get; set; }
    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>Runs the connection until <paramref name="handler"/> is done with it, and closes it.</summary>
    public async Task RunAsync(ConnectionDelegate handler)
    {
        var receiving = ReceiveAsync();
        var sending = SendAsync();
        try
        {
            await handler(this);
        }
        finally
        {
            await Transport.Output.CompleteAsync();
            await sending;
            await CloseAsync();
            // The other side answers a close with its own; cut off before, it might lose what was sent last.
            await Task.WhenAny(receiving, Task.Delay(LongestGoodbye));
            Abort();
            await Transport.Input.CompleteAsync();
            await receiving;
            _closed.Dispose();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason) => Abort();

    public override void Abort()
    {
        _closed.Cancel();
        _socket.Abort();
    }

    private async Task ReceiveAsync()
    {
        var writer = _input.Writer;
        try
        {
            while (true)
            {
                // Without a buffer until something is there: most connections are idle most of the time.
                await _socket.ReceiveAsync(Memory<byte>.Empty, _closed.Token);
                var received = await _socket.ReceiveAsync(writer.GetMemory(), _closed.Token);
                if (received.MessageType != WebSocketMessageType.Binary)
                    break; // a close, or text, which is no protocol of ours
                writer.Advance(received.Count);
                if ((await writer.FlushAsync(_closed.Token)).IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // how connections end
        }

        await writer.CompleteAsync();
        await _closed.CancelAsync();
    }

    private async Task SendAsync()
    {
        var reader = _output.Reader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync();
                foreach (var segment in result.Buffer)
                    await _socket.SendAsync(segment, WebSocketMessageType.Binary, endOfMessage: true, _closed.Token);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // how connections end
        }

        await reader.CompleteAsync();
    }

    private async Task CloseAsync()
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var patience = new CancellationTokenSource(LongestGoodbye);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // it went first
        }
    }

    private static bool IsEnd(Exception e) =>
        e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;

    private static IPEndPoint? EndPointOf(IPAddress? address, int port) =>
        address is null ? null : new IPEndPoint(address, port);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
