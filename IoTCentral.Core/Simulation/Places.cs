namespace IoTCentral.Core.Simulation;

/// <summary>Towns on land, for simulated devices that were given no place.</summary>
internal static class Places
{
    private static readonly (double Latitude, double Longitude)[] Towns =
    [
        (52.520, 13.405),
        (48.857, 2.352),
        (51.507, -0.128),
        (40.417, -3.704),
        (41.903, 12.496),
        (59.329, 18.069),
        (52.230, 21.012),
        (40.713, -74.006),
        (41.878, -87.630),
        (34.052, -118.244),
        (19.433, -99.133),
        (-23.551, -46.633),
        (-34.604, -58.382),
        (30.044, 31.236),
        (-26.204, 28.047),
        (28.614, 77.209),
        (1.352, 103.820),
        (35.676, 139.650),
        (37.567, 126.978),
        (-33.869, 151.209),
    ];

    /// <summary>A place within some kilometres of one of the towns.</summary>
    public static (double Latitude, double Longitude) Of(ulong seed)
    {
        var (latitude, longitude) = Towns[(int)(Noise.Unit(seed, 11) * Towns.Length)];
        return (latitude + Noise.Between(seed, 12, -0.04, 0.04), longitude + Noise.Between(seed, 13, -0.04, 0.04));
    }
}
