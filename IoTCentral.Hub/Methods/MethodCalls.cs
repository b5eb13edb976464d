using IoTCentral.Core.Devices;

namespace IoTCentral.Hub.Methods;

/// <summary>Direct methods called on one connected device and not answered yet (contract §2.6).</summary>
/// <param name="trySend">Sends a call under a number that its answer repeats; false: the device does not listen.</param>
internal sealed class MethodCalls(Func<MethodCall, long, bool> trySend, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, TaskCompletionSource<MethodAnswer>> _pending = [];
    private long _last;
    private bool _isOver;

    public async Task<MethodAnswer> CallAsync(MethodCall call, CancellationToken ct)
    {
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
            return trySend(call, id)
                ? await answer.Task.WaitAsync(call.ResponseTimeout, time, ct)
                : MethodAnswer.Without(MethodOutcome.NotListening);
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
    public void Answer(long id, int status, ReadOnlyMemory<byte> body)
    {
        TaskCompletionSource<MethodAnswer>? answer;
        lock (_lock)
            _pending.TryGetValue(id, out answer);
        answer?.TrySetResult(new(MethodOutcome.Answered, status, body));
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
