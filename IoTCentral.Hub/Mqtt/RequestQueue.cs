using IoTCentral.Core.Common;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Mqtt;

/// <summary>
/// Answers a connection's requests (twin, registration) one after the other in the order they came, while it goes on
/// being read. Bounded by the connection's window, in which each request takes its place.
/// </summary>
internal sealed class RequestQueue(MqttConnection connection, ILogger logger)
{
    private Task _last = Task.CompletedTask;

    /// <summary>Only the connection's reader calls this.</summary>
    /// <param name="answer">Gives the packet to send, or null for none. It may fail when storage is away.</param>
    /// <param name="failed">The packet to send then.</param>
    public ValueTask AddAsync(ushort packetId, int bytes, Func<Task<byte[]?>> answer, Func<byte[]?> failed)
    {
        var request = new object();
        connection.Acks.Add(packetId, bytes, request);
        _last = RunAsync(_last, request, answer, failed);
        return connection.Acks.WaitForRoomAsync(connection.Ended);
    }

    private async Task RunAsync(Task before, object request, Func<Task<byte[]?>> answer, Func<byte[]?> failed)
    {
        await before;
        byte[]? packet;
        try
        {
            packet = await answer();
        }
        catch (OperationCanceledException) when (connection.Ended.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            if (e is not UnavailableException)
                logger.LogWarning(e, "A request of {ClientId} could not be answered.", connection.Connect?.ClientId);
            packet = failed();
        }

        connection.Acks.Done(request, packet);
        connection.Output.Signal();
    }
}
