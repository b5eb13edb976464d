using System.Net.Sockets;
using Npgsql;

namespace IoTCentral.Testing;

/// <summary>
/// Stands between the program and PostgreSQL on a Unix socket of its own and does what networks do: hang, or break just
/// when the answer to a commit was on its way.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly UnixDomainSocketEndPoint _server;
    private readonly string _folder;
    private TaskCompletionSource _open = Opened();
    private int _cut;

    public PostgresProxy(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new UnixDomainSocketEndPoint($"{settings.Host}/.s.PGSQL.{settings.Port}");
        _folder = Directory.CreateTempSubdirectory("pgproxy").FullName;
        settings.Host = _folder;
        ConnectionString = settings.ConnectionString;
        _listener.Bind(new UnixDomainSocketEndPoint($"{_folder}/.s.PGSQL.{settings.Port}"));
        _listener.Listen(100);
        _ = AcceptAsync();
    }

    /// <summary>The same server, through this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>An answer was thrown away since <see cref="CutNextAnswer"/>.</summary>
    public bool HasCut => Volatile.Read(ref _cut) == 2;

    /// <summary>The next answer of the server is thrown away and its connection broken: the commit is in doubt.</summary>
    public void CutNextAnswer() => Volatile.Write(ref _cut, 1);

    /// <summary>From now on nothing passes, and nothing is refused either.</summary>
    public void Hang() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held up goes on.</summary>
    public void GoOn() => _open.TrySetResult();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await server.ConnectAsync(_server, _end.Token);
            await Task.WhenAny(PumpAsync(client, server, answers: false), PumpAsync(server, client, answers: true));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // either side has gone
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var n)
            {
                await _open.Task.WaitAsync(_end.Token);
                if (answers && Interlocked.CompareExchange(ref _cut, 2, 1) == 1)
                    return;
                for (var sent = 0; sent < n; )
                    sent += await to.SendAsync(buffer.AsMemory(sent, n - sent), _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // either side has gone
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
        _end.Dispose();
    }
}
