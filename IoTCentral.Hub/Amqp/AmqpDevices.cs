using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp;

/// <summary>
/// The devices that signed in on one connection: an SDK's one, or many that share it. What is asked for one device goes
/// in turn; one with a wrong key does not hold up its neighbours.
/// </summary>
internal sealed class AmqpDevices(AmqpConnection connection)
{
    /// <summary>Devices of one connection, as IoT Hub has it.</summary>
    public const ushort Most = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<IdentityId, Identity> _identities = [];
    private bool _isOver;
    private int _count;

    /// <summary>Devices that are signed in now.</summary>
    public int Count => Volatile.Read(ref _count);
    public bool HadAny { get; private set; }

    /// <summary>Since when a device may send nothing more because nothing of it is stored; null: none.</summary>
    public long? StoppedAt => Sessions().Select(s => s.StoppedAt).Min();

    private HubServices Hub => connection.Nodes.Hub;

    /// <summary>Signs a device in, or renews its token; null: it is in.</summary>
    /// <param name="host">Host it believes to talk to; null: what the connection says, else the token.</param>
    public async Task<Refusal?> SignInAsync(IdentityId id, string password, string? host = null)
    {
        if (FindOrAdd(id) is not { } identity)
            return new Refusal(ConnectionCode.Refused, $"A connection has room for {Most} devices.");
        var host_ = host ?? connection.HostName;
        if (host_.Length == 0 && SasToken.TryParse(password, out var token))
            host_ = token.Authority;
        return await InTurnAsync(identity, () => SignInAsync(identity, new(password, host_), null));
    }

    /// <summary>Opens a link of a device that has signed in, or refuses it.</summary>
    public async Task OpenAsync(AmqpLink link)
    {
        connection.Note(link);
        var identity = FindOrAdd(link.Address!.Identity);
        var session = identity is null ? null : await InTurnAsync(identity, () => FindAsync(identity, link));
        if (session is not null)
            session.Open(link);
        else
            link.Refuse(
                AmqpErrors.Unauthorized,
                $"The device '{link.Address.Identity}' is not signed in on this connection."
            );
    }

    public void Tick()
    {
        var now = connection.Time.GetUtcNow();
        foreach (var session in Sessions())
        {
            if (session.TokenEnds <= now)
                session.Close(ConnectionCode.TokenEnded);
            else
                session.Tick();
        }
    }

    /// <summary>The connection is over.</summary>
    public async Task EndAsync(Closing closing)
    {
        lock (_lock)
            _isOver = true;
        List<AmqpDevice> ended = [.. Everybody()];
        foreach (var session in ended)
            session.End(closing);
        await Task.WhenAll(ended.Select(s => s.Ending));
    }

    private async Task<AmqpDevice?> FindAsync(Identity identity, AmqpLink link)
    {
        var token = identity.Token ?? (connection.Certificate is null ? null : new Token("", connection.HostName));
        if (token is null)
        {
            TellForeign(link);
            return null;
        }

        var model = link.FindProperty("com.microsoft:model-id");
        if (identity.Session is { IsOver: false } && (model is null || model == identity.ModelId))
            return identity.Session;
        // Its session ended when it had no links, or it tells its model only now.
        return await SignInAsync(identity, token, model) is null ? identity.Session : null;
    }

    private async Task<Refusal?> SignInAsync(Identity identity, Token token, string? model)
    {
        var started = connection.Time.GetTimestamp();
        var result = await connection.Nodes.SignIn.SignInAsync(
            new SignInRequest
            {
                DeviceId = identity.Id.Device,
                ModuleId = identity.Id.Module,
                Host = token.Host,
                Password = token.Password,
                Certificate = connection.Certificate,
                ModelId = model,
                Address = connection.Address,
                LocalAddress = connection.LocalAddress,
            },
            connection.Ended
        );
        if (result.Device is not { } device)
            return Refuse(identity, result.Refusal!);
        identity.Token = token;
        identity.ModelId = model ?? identity.ModelId;
        if (identity.Session is { IsOver: false } session && session.IsSame(device))
        {
            session.Renew(device.TokenEnds);
            return null;
        }

        return Enter(identity, device, started);
    }

    private Refusal? Enter(Identity identity, SignedIn device, long started)
    {
        var session = new AmqpDevice(connection, device, () => Interlocked.Decrement(ref _count));
        // of a device of the same id that is no more
        identity.Session?.Close(ConnectionCode.Deleted);
        lock (_lock)
        {
            if (_isOver)
                return new Refusal(ConnectionCode.ConnectionLost, "The connection is over.");
            identity.Session = session;
            HadAny = true;
        }

        Interlocked.Increment(ref _count);
        session.Enter();
        if (Hub.Sessions.FindDropSince(device, started) is not { } dropped)
            return null;
        // Blocked or deleted while it was signing in.
        session.Close(dropped);
        return new Refusal(dropped, Closing.Of(dropped).Detail);
    }

    private Refusal Refuse(Identity identity, Refusal refusal)
    {
        Hub.Log.Refused(refusal, identity.Id.ToString(), null, connection.Origin);
        return refusal;
    }

    private void TellForeign(AmqpLink link)
    {
        var detail =
            $"It attached a link of the device '{DeviceSession.Short(link.Address!.Identity.ToString())}', for which no token was put on this connection.";
        if (Sessions().FirstOrDefault() is { } other)
            other.Log(ConnectionEvent.Refused, (ConnectionCode.OtherDevice, detail));
        else
            Hub.Log.Stranger(ConnectionCode.BadToken, detail, connection.Origin, link.Address.Identity.ToString());
    }

    private Identity? FindOrAdd(IdentityId id)
    {
        lock (_lock)
        {
            if (!_identities.TryGetValue(id, out var identity))
            {
                if (_identities.Count >= Most)
                    return null;
                _identities[id] = identity = new Identity(id);
            }

            identity.Waiting++;
            return identity;
        }
    }

    /// <summary>One after the other for each device. Who never signed in is forgotten afterwards.</summary>
    private async Task<T> InTurnAsync<T>(Identity identity, Func<Task<T>> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock)
            (before, identity.Last) = (identity.Last, done.Task);
        await before;
        try
        {
            return await work();
        }
        finally
        {
            done.SetResult();
            lock (_lock)
            {
                if (--identity.Waiting == 0 && identity.Token is null)
                    _identities.Remove(identity.Id);
            }
        }
    }

    private List<AmqpDevice> Sessions() => [.. Everybody().Where(s => !s.IsOver)];

    private List<AmqpDevice> Everybody()
    {
        lock (_lock)
            return [.. _identities.Values.Select(i => i.Session).OfType<AmqpDevice>()];
    }

    private sealed record Token(string Password, string Host);

    /// <summary>A device that was named on this connection.</summary>
    private sealed class Identity(IdentityId id)
    {
        public IdentityId Id => id;
        public Task Last { get; set; } = Task.CompletedTask;
        public int Waiting { get; set; }

        /// <summary>The last one that was good, empty when its certificate was; null: it never signed in.</summary>
        public Token? Token { get; set; }
        public string? ModelId { get; set; }
        public AmqpDevice? Session { get; set; }
    }
}
