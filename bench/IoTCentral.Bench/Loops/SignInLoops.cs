using BenchmarkDotNet.Attributes;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Bench.Loops;

/// <summary>The signature of a connecting device.</summary>
[MemoryDiagnoser]
public class SignInLoops
{
    private readonly byte[] _key = new byte[32];
    private readonly string _text = Fleet.Token("127.0.0.1", Fleet.DeviceIdOf(1));

    [Benchmark]
    public bool CheckToken() => SasToken.TryParse(_text, out var token) && token.IsSignedWith(_key);
}
