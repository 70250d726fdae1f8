//! The shop: its services, and what each of them does when somebody asks for something.

/// Services, as `service.name`.
pub(super) const SERVICES: [&str; 7] =
    ["storefront", "account", "catalog", "cart", "checkout", "payment", "mailer"];

/// Instances that each service runs.
pub(super) const INSTANCES: u64 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Service {
    Storefront,
    Account,
    Catalog,
    Cart,
    Checkout,
    Payment,
    Mailer,
}

/// What a step does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Does {
    /// Answers a request: method and route.
    Serve(&'static str, &'static str),
    /// Asks a database: operation and table.
    Query(&'static str, &'static str),
    /// Asks a cache.
    Cache,
    /// Asks somebody outside.
    Ask(&'static str, &'static str),
}

/// A step of an operation.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) service: Service,
    pub(super) does: Does,
    /// Median time of its own, in microseconds.
    pub(super) micros: u64,
    /// How often it fails of itself.
    pub(super) fails: f64,
    pub(super) calls: &'static [Step],
}

/// What somebody may ask for.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) weight: u64,
    pub(super) wants: Wants,
    pub(super) entry: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    Browse,
    Search,
    Login,
    Fill,
    Pay,
    Settings,
}

const fn step(service: Service, does: Does, micros: u64, fails: f64, calls: &'static [Step]) -> Step {
    Step { service, does, micros, fails, calls }
}

use Does::{Ask, Cache, Query, Serve};
use Service::{Account, Cart, Catalog, Checkout, Mailer, Payment, Storefront};

pub(super) static OPERATIONS: [Operation; 6] = [
    Operation {
        weight: 40,
        wants: Wants::Browse,
        entry: step(
            Storefront,
            Serve("GET", "/products/{id}"),
            2_500,
            0.001,
            &[
                step(Storefront, Cache, 350, 0.001, &[]),
                step(
                    Catalog,
                    Serve("GET", "/internal/products/{id}"),
                    1_800,
                    0.002,
                    &[step(Catalog, Query("SELECT", "products"), 3_200, 0.002, &[])],
                ),
            ],
        ),
    },
    Operation {
        weight: 18,
        wants: Wants::Search,
        entry: step(
            Storefront,
            Serve("GET", "/search"),
            3_000,
            0.001,
            &[step(
                Catalog,
                Serve("GET", "/internal/search"),
                9_000,
                0.004,
                &[step(Catalog, Query("SELECT", "products"), 14_000, 0.004, &[])],
            )],
        ),
    },
    Operation {
        weight: 12,
        wants: Wants::Login,
        entry: step(
            Storefront,
            Serve("POST", "/login"),
            2_000,
            0.001,
            &[step(
                Account,
                Serve("POST", "/internal/sessions"),
                25_000,
                0.03,
                &[
                    step(Account, Query("SELECT", "users"), 2_600, 0.002, &[]),
                    step(Account, Cache, 400, 0.001, &[]),
                ],
            )],
        ),
    },
    Operation {
        weight: 14,
        wants: Wants::Fill,
        entry: step(
            Storefront,
            Serve("POST", "/cart/items"),
            1_900,
            0.001,
            &[step(
                Cart,
                Serve("POST", "/internal/carts/{id}/items"),
                2_200,
                0.003,
                &[step(Cart, Cache, 500, 0.001, &[])],
            )],
        ),
    },
    Operation {
        weight: 9,
        wants: Wants::Pay,
        entry: step(
            Storefront,
            Serve("POST", "/checkout"),
            4_000,
            0.001,
            &[step(
                Checkout,
                Serve("POST", "/internal/orders"),
                6_000,
                0.004,
                &[
                    step(Cart, Serve("GET", "/internal/carts/{id}"), 1_200, 0.001, &[]),
                    step(
                        Payment,
                        Serve("POST", "/internal/charges"),
                        8_000,
                        0.004,
                        &[step(
                            Payment,
                            Ask("POST", "https://bank.example.net/v2/charges"),
                            90_000,
                            0.03,
                            &[],
                        )],
                    ),
                    step(Checkout, Query("INSERT", "orders"), 4_100, 0.003, &[]),
                    step(Mailer, Serve("POST", "/internal/mails"), 7_000, 0.01, &[]),
                ],
            )],
        ),
    },
    Operation {
        weight: 7,
        wants: Wants::Settings,
        entry: step(
            Storefront,
            Serve("PUT", "/users/{id}/profile"),
            2_200,
            0.001,
            &[step(
                Account,
                Serve("PUT", "/internal/users/{id}"),
                3_000,
                0.004,
                &[step(Account, Query("UPDATE", "users"), 5_200, 0.004, &[])],
            )],
        ),
    },
];
