using System.Buffers.Text;
using System.Globalization;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Mqtt;

namespace IoTCentral.Hub.Methods;

/// <summary>Direct methods called on one connection and not answered yet (contract §2.6).</summary>
internal sealed class MethodCalls(MqttConnection connection, Subscriptions subscriptions, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, TaskCompletionSource<MethodAnswer>> _pending = [];
    private long _last;
    private bool _isOver;

    public async Task<MethodAnswer> CallAsync(MethodCall call, CancellationToken ct)
    {
        if (subscriptions.Methods is not { } qos)
            return MethodAnswer.Without(MethodOutcome.NotListening);
        var answer = new TaskCompletionSource<MethodAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        long id;
        lock (_lock)
        {
            if (_isOver)
                return MethodAnswer.Without(MethodOutcome.NotConnected);
            id = ++_last;
            _pending[id] = answer;
        }

        try
        {
            // Nothing may follow the request id: the C# SDK takes the rest of the topic for it (contract §0 trap 5).
            var topic = string.Create(CultureInfo.InvariantCulture, $"$iothub/methods/POST/{call.Name}/?$rid={id:x}");
            connection.Send(PacketWriter.Publish(topic, call.Payload.Span, connection.Ids.Next(qos)));
            return await answer.Task.WaitAsync(call.ResponseTimeout, time, ct);
        }
        catch (TimeoutException)
        {
            return MethodAnswer.Without(MethodOutcome.TimedOut);
        }
        finally
        {
            lock (_lock)
                _pending.Remove(id);
        }
    }

    /// <summary>An answer, to a call that somebody may still wait for.</summary>
    /// <param name="topic">What follows <c>$iothub/methods/res/</c>: <c>{status}/?$rid={id}</c>.</param>
    /// <returns>False: it is no such topic.</returns>
    public bool TryAnswer(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> body)
    {
        var middle = "/?$rid="u8;
        var at = topic.IndexOf(middle);
        if (at <= 0 || !Utf8Parser.TryParse(topic[..at], out int status, out var read) || read != at)
            return false;
        var rest = topic[(at + middle.Length)..];
        var end = rest.IndexOf((byte)'&');
        var id = end < 0 ? rest : rest[..end];
        // Not one of ours, or too late: nobody waits.
        if (!Utf8Parser.TryParse(id, out long number, out read, 'x') || read != id.Length)
            return true;
        TaskCompletionSource<MethodAnswer>? answer;
        lock (_lock)
            _pending.TryGetValue(number, out answer);
        answer?.TrySetResult(new(MethodOutcome.Answered, status, body.ToArray()));
        return true;
    }

    /// <summary>The connection is over.</summary>
    public void End()
    {
        List<TaskCompletionSource<MethodAnswer>> pending;
        lock (_lock)
        {
            _isOver = true;
            pending = [.. _pending.Values];
        }

        foreach (var answer in pending)
            answer.TrySetResult(MethodAnswer.Without(MethodOutcome.Disconnected));
    }
}
